import { Button, Checkbox, Code, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type AuthenticationProfile, MECHANISMS } from '@sallyport/contract';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Translate } from '../../i18n/i18n.js';
import { ApiForm } from '../../ui/api-form.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { mechanismMeaning, mechanismName } from '../account/mechanism-name.js';
import classes from './policies.module.css';
import { profileWarnings, type States } from './policy-warnings.js';
import { WarningList } from './warning-list.js';

const MOST_CHALLENGES = 4;
const LONGEST_NAME = 128;

interface ProfileDialogProps {
  initial: AuthenticationProfile;
  /** Names that are taken. */
  others: readonly string[];
  states: States;
  onSave(profile: AuthenticationProfile): void;
  onClose(): void;
}

/** A profile: its name, and for each challenge the mechanisms of which any one will do. */
export function ProfileDialog({ initial, others, states, onSave, onClose }: ProfileDialogProps) {
  const { t } = useTranslation();
  const form = useForm<AuthenticationProfile>({
    initialValues: initial,
    validate: (profile) => faultsOf(profile, others, t),
  });
  const { challenges } = form.values;
  const labels: Record<string, string> = {
    name: t('policies.profileName'),
    challenges: t('policies.challenges'),
  };
  for (const i of challenges.keys()) labels[`challenges.${i}`] = t('policies.challenge', { number: i + 1 });
  return (
    <FormDialog
      onClose={onClose}
      size="lg"
      title={
        initial.name === '' ? t('policies.newProfile') : t('policies.editProfile', { name: initial.name })
      }
    >
      <ApiForm
        wide
        form={form}
        labels={labels}
        action={t('policies.take')}
        onCancel={onClose}
        send={async (profile) => ({ ...profile, name: profile.name.trim() })}
        onDone={onSave}
      >
        <UnsavedGuard dirty={form.isDirty()} />
        <TextInput
          required
          data-autofocus
          label={t('policies.profileName')}
          description={t('policies.profileNameHint')}
          {...form.getInputProps('name')}
        />
        {challenges.map((mechanisms, i) => {
          const path = `challenges.${i}`;
          return (
            <Fieldset key={path} legend={t('policies.challenge', { number: i + 1 })}>
              <Text size="sm" c="dimmed" mb="xs">
                {i === 0 ? t('policies.challengeFirst') : t('policies.challengeNext')}
              </Text>
              <Mechanisms
                path={path}
                states={states}
                value={mechanisms}
                onChange={(next) => form.setFieldValue(path, next)}
              />
              {form.errors[path] && (
                <Text size="sm" mt="xs" className={classes.grave}>
                  {form.errors[path]}
                </Text>
              )}
              {challenges.length > 1 && (
                <Button
                  size="compact-sm"
                  mt="sm"
                  aria-label={t('common.removeWhat', { what: t('policies.challenge', { number: i + 1 }) })}
                  onClick={() => form.removeListItem('challenges', i)}
                >
                  {t('policies.removeChallenge')}
                </Button>
              )}
            </Fieldset>
          );
        })}
        <Group>
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            disabled={challenges.length >= MOST_CHALLENGES}
            onClick={() => form.insertListItem('challenges', [])}
          >
            {t('policies.addChallenge')}
          </Button>
        </Group>
        <div aria-live="polite">
          <WarningList
            warnings={profileWarnings(
              { ...form.values, challenges: challenges.filter((mechanisms) => mechanisms.length > 0) },
              states,
              t,
            )}
          />
        </div>
      </ApiForm>
    </FormDialog>
  );
}

interface MechanismsProps {
  path: string;
  states: States;
  value: readonly string[];
  onChange(mechanisms: string[]): void;
}

function Mechanisms({ path, states, value, onChange }: MechanismsProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      {MECHANISMS.map((mechanism, i) => (
        <Checkbox
          key={mechanism}
          {...(i === 0 ? { 'data-path': path } : {})}
          label={
            <>
              {mechanismName(mechanism, t)} <Code>{mechanism}</Code>
            </>
          }
          description={[mechanismMeaning(mechanism, t), enrolledText(mechanism, states, t)].join(' ')}
          checked={value.includes(mechanism)}
          onChange={({ currentTarget }) =>
            onChange(
              MECHANISMS.filter((name) =>
                name === mechanism ? currentTarget.checked : value.includes(name),
              ),
            )
          }
        />
      ))}
    </Stack>
  );
}

function enrolledText(mechanism: string, states: States, t: Translate): string {
  const state = states.get(mechanism);
  if (!state) return '';
  if (state.needs !== null) return t(`policies.needs.${state.needs}`);
  return state.enrolled === null ? '' : t('policies.enrolled', { count: state.enrolled });
}

function faultsOf(
  { name, challenges }: AuthenticationProfile,
  others: readonly string[],
  t: Translate,
): Record<string, string> {
  const faults: Record<string, string> = {};
  const trimmed = name.trim();
  if (trimmed === '') faults.name = t('policies.fault.name');
  else if (trimmed.length > LONGEST_NAME) faults.name = t('faults.tooLong', { max: LONGEST_NAME });
  else if (others.includes(trimmed)) faults.name = t('policies.fault.nameTaken', { name: trimmed });
  for (const [i, mechanisms] of challenges.entries())
    if (mechanisms.length === 0) faults[`challenges.${i}`] = t('policies.fault.noMechanism');
  return faults;
}
