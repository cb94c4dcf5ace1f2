import { Badge, Button, Group, Text } from '@mantine/core';
import type { AuthenticationProfile, AuthenticationSettings } from '@sallyport/contract';
import { IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { RecordList, Record as Row } from '../../ui/record-list.js';
import { Section } from '../../ui/section.js';
import classes from './policies.module.css';
import { profileWarnings, type States } from './policy-warnings.js';
import { challengeText } from './policy-words.js';
import { ProfileDialog } from './profile-dialog.js';
import { WarningList } from './warning-list.js';

interface ProfilesProps {
  settings: AuthenticationSettings;
  states: States;
  mayWrite: boolean;
  /** Faults by path. */
  errors: Record<string, ReactNode>;
  onChange(settings: AuthenticationSettings): void;
}

const NEW: AuthenticationProfile = { name: '', challenges: [['UP'], []] };

export function Profiles({ settings, states, mayWrite, errors, onChange }: ProfilesProps) {
  const { t } = useTranslation();
  const { profiles, rules } = settings;
  /** Index of the profile in the dialog; one past the last is a new one. */
  const [editing, setEditing] = useState<number | null>(null);
  const [removing, setRemoving] = useState<number | null>(null);
  const usersOf = (name: string) => rules.flatMap((rule, i) => (rule.profile === name ? [i + 1] : []));

  const put = (profile: AuthenticationProfile) => {
    if (editing === null) return;
    const before = profiles[editing]?.name;
    onChange({
      profiles: profiles.toSpliced(editing, 1, profile),
      rules: rules.map((rule) => (rule.profile === before ? { ...rule, profile: profile.name } : rule)),
    });
    setEditing(null);
  };
  const remove = (index: number) => {
    const name = profiles[index]?.name;
    onChange({
      profiles: profiles.toSpliced(index, 1),
      rules: rules.filter(({ profile }) => profile !== name),
    });
  };
  const leaving = removing === null ? undefined : profiles[removing];

  return (
    <Section
      title={t('policies.profiles')}
      lead={t('policies.profilesLead')}
      actions={
        mayWrite && (
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setEditing(profiles.length)}
          >
            {t('policies.addProfile')}
          </Button>
        )
      }
    >
      <RecordList label={t('policies.profiles')}>
        {profiles.map((profile, i) => (
          <Row
            key={profile.name}
            actions={
              mayWrite && (
                <Group gap="xs">
                  <Button
                    size="compact-sm"
                    data-path={`profiles.${i}`}
                    aria-label={t('policies.editWhat', { what: profile.name })}
                    onClick={() => setEditing(i)}
                  >
                    {t('common.edit')}
                  </Button>
                  <Button
                    size="compact-sm"
                    aria-label={t('common.removeWhat', { what: profile.name })}
                    onClick={() => (usersOf(profile.name).length > 0 ? setRemoving(i) : remove(i))}
                  >
                    {t('common.remove')}
                  </Button>
                </Group>
              )
            }
          >
            <Text fw={600}>{profile.name}</Text>
            <Challenges challenges={profile.challenges} />
            <Text size="sm" c="dimmed">
              {usersOf(profile.name).length === 0
                ? t('policies.unused')
                : t('policies.usedBy', { rules: usersOf(profile.name).join(', ') })}
            </Text>
            <WarningList warnings={profileWarnings(profile, states, t)} />
            <Faults errors={errors} path={`profiles.${i}`} />
          </Row>
        ))}
        <Row>
          <Group gap="xs">
            <Text fw={600}>{t('policies.defaultProfile')}</Text>
            <Badge variant="outline">{t('policies.builtIn')}</Badge>
          </Group>
          <Text size="sm">{t('policies.defaultProfileText')}</Text>
        </Row>
      </RecordList>
      {editing !== null && (
        <ProfileDialog
          initial={profiles[editing] ?? NEW}
          others={profiles.filter((_, i) => i !== editing).map(({ name }) => name)}
          states={states}
          onSave={put}
          onClose={() => setEditing(null)}
        />
      )}
      <ConfirmDanger
        opened={leaving !== undefined}
        onClose={() => setRemoving(null)}
        title={t('policies.removeProfile', { name: leaving?.name ?? '' })}
        action={t('common.remove')}
        perform={async () => {
          if (removing !== null) remove(removing);
        }}
      >
        {t('policies.removeProfileText', { rules: usersOf(leaving?.name ?? '').join(', ') })}
      </ConfirmDanger>
    </Section>
  );
}

function Challenges({ challenges }: Pick<AuthenticationProfile, 'challenges'>) {
  const { t, i18n } = useTranslation();
  return (
    <ol className={classes.challenges}>
      {challenges.map((mechanisms, i) => {
        const text = challengeText(mechanisms, i, { t, language: i18n.language });
        return (
          <li key={text}>
            <Text size="sm" component="span">
              {text}
            </Text>
          </li>
        );
      })}
    </ol>
  );
}

/** What the server refused of it. */
export function Faults({ errors, path }: { errors: Record<string, ReactNode>; path: string }) {
  return Object.entries(errors)
    .filter(([field, fault]) => fault && (field === path || field.startsWith(`${path}.`)))
    .map(([field, fault]) => (
      <Text key={field} size="sm" className={classes.grave}>
        {fault}
      </Text>
    ));
}
