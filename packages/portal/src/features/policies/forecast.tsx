/** What will happen: which profile a sign-in would meet, told in words, also before it is saved. */
import { Alert, Button, Group, List, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type {
  App,
  AuthenticationSettings,
  SignInForecast,
  SignInQuestion,
  UserSummary,
} from '@sallyport/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api.js';
import { SearchPicker } from '../../ui/search-picker.js';
import { Section } from '../../ui/section.js';
import { ErrorState } from '../../ui/states.js';
import { mechanismName } from '../account/mechanism-name.js';
import { useMayRead } from '../session/session.js';
import { loadUsers } from '../users/user-data.js';
import classes from './policies.module.css';
import { forecast } from './policy-data.js';
import { loadApps } from './rule-dialog.js';

interface ForecastProps {
  settings: AuthenticationSettings;
  /** Whether they are not saved yet. */
  isDraft: boolean;
}

interface Choice {
  value: string;
  label: string;
}

const userChoice = ({ id, loginName, displayName }: UserSummary): Choice => ({
  value: id,
  label: `${displayName} · ${loginName}`,
});
const appChoice = ({ applicationId, name }: App): Choice => ({
  value: applicationId,
  label: `${name} · ${applicationId}`,
});

export function Forecast({ settings, isDraft }: ForecastProps) {
  const { t } = useTranslation();
  const [user, setUser] = useState<string | null>(null);
  const mayReadApps = useMayRead()('apps');
  const [app, setApp] = useState<string | null>(null);
  const [source, setSource] = useState('');
  const [device, setDevice] = useState<SignInQuestion['device']>('unknown');
  const [asked] = useDebouncedValue({ user, app, source: source.trim(), device, settings }, 200);
  const query = useQuery({
    queryKey: ['authentication', 'forecast', asked],
    queryFn: () =>
      forecast({
        user: asked.user ?? '',
        app: asked.app,
        device: asked.device,
        ...(asked.source === '' ? {} : { source: asked.source }),
        settings: asked.settings,
      }),
    enabled: asked.user !== null,
    placeholderData: keepPreviousData,
  });
  const faults = query.error instanceof ApiError ? query.error.fieldErrors : {};
  return (
    <Section title={t('policies.forecast')} lead={t('policies.forecastLead')}>
      <div className={classes.asked}>
        <SearchPicker
          label={t('policies.whichUser')}
          placeholder={query.data?.user.loginName ?? t('policies.whichUserHint')}
          queryKey={['users']}
          load={loadUsers}
          choiceOf={userChoice}
          isTaken={({ confidentialClient }) => confidentialClient}
          onPick={setUser}
        />
        <Stack gap="xs">
          {mayReadApps && (
            <SearchPicker
              label={t('policies.whichApp')}
              placeholder={app ?? t('policies.whichAppHint')}
              queryKey={['apps']}
              load={loadApps}
              choiceOf={appChoice}
              onPick={setApp}
            />
          )}
          {app !== null && (
            <Group>
              <Button size="compact-sm" onClick={() => setApp(null)}>
                {t('policies.portalsInstead')}
              </Button>
            </Group>
          )}
        </Stack>
        <TextInput
          label={t('policies.whichNetwork')}
          placeholder={query.data?.source}
          description={t('policies.whichNetworkHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={source}
          error={faults.source && t('policies.fault.address')}
          onChange={({ currentTarget }) => setSource(currentTarget.value)}
        />
        <NativeSelect
          label={t('policies.whichDevice')}
          data={(['unknown', 'known'] as const).map((value) => ({
            value,
            label: t(`policies.devices.${value}`),
          }))}
          value={device}
          onChange={({ currentTarget }) => setDevice(currentTarget.value === 'known' ? 'known' : 'unknown')}
        />
      </div>
      <div aria-live="polite">
        {user === null && (
          <Text size="sm" c="dimmed">
            {t('policies.chooseUser')}
          </Text>
        )}
        {query.isError && !faults.source && <ErrorState error={query.error} />}
        {user !== null && query.data && !query.isError && (
          <Answer answer={query.data} app={asked.app} isDraft={isDraft} />
        )}
      </div>
    </Section>
  );
}

interface AnswerProps {
  answer: SignInForecast;
  app: string | null;
  isDraft: boolean;
}

function Answer({ answer, app, isDraft }: AnswerProps) {
  const { t } = useTranslation();
  const { user, source, rules, profile, challenges, canSignIn, mayUseApp } = answer;
  const name = user.displayName;
  const where = app ?? t('account.portals');
  const missed = rules.flatMap((misfit, i) => (misfit === null ? [] : [{ number: i + 1, misfit }]));
  const steps = challenges.map((mechanisms, i) => ({
    number: i + 1,
    text: mechanisms
      .map(({ mechanism, open }) =>
        open ? mechanismName(mechanism, t) : t('policies.notOpen', { name: mechanismName(mechanism, t) }),
      )
      .join(' · '),
  }));
  return (
    <Alert
      color={canSignIn && mayUseApp ? 'pine' : 'yellow'}
      title={t('policies.question', { name, where, source })}
    >
      <Stack gap="xs">
        {isDraft && <Text size="sm">{t('policies.draft')}</Text>}
        <Text size="sm">
          {profile === null
            ? t('policies.noRuleFits')
            : t('policies.ruleChooses', { number: rules.length, profile })}
        </Text>
        {missed.length > 0 && (
          <List size="sm">
            {missed.map(({ number, misfit }) => (
              <List.Item key={number}>{t(`policies.misfit.${misfit}`, { number })}</List.Item>
            ))}
          </List>
        )}
        <List type="ordered" size="sm">
          {steps.map(({ number, text }) => (
            <List.Item key={number}>{text}</List.Item>
          ))}
        </List>
        <Text size="sm" fw={600}>
          {verdict(answer)}
        </Text>
      </Stack>
    </Alert>
  );

  function verdict({ user: { enabled } }: SignInForecast): string {
    if (!enabled) return t('policies.disabled', { name });
    if (!canSignIn) return t('policies.cannot', { name });
    return mayUseApp ? t('policies.can', { name }) : t('policies.canButNoRole', { name, where });
  }
}
