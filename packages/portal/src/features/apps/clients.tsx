import { Button, Checkbox, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { RegisteredClient } from '@sallyport/contract';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { Copyable } from '../../ui/copyable.js';
import { notifyDone } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { Section } from '../../ui/section.js';
import { EmptyState } from '../../ui/states.js';
import { useRight } from '../session/session.js';
import { endpointUrl } from './addresses.js';
import { useAppFormContext } from './app-form.js';
import type { PanelProps } from './category-panel.js';
import { clientsQuery, revokeClient } from './clients-data.js';
import { RegistrationTokens } from './registration-tokens.js';

const WAYS = ['off', 'initialAccessToken', 'open'] as const;

/** Who may become a client of the app without an administrator writing it down, and who has. */
export function Clients({ app }: PanelProps) {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const { registration } = form.values.generalUsage;
  return (
    <>
      <Radio.Group
        label={t('apps.field.registration')}
        description={t('apps.help.registration')}
        {...form.getInputProps('generalUsage.registration')}
      >
        <Stack gap="xs" mt="xs">
          {WAYS.map((way) => (
            <Radio
              key={way}
              value={way}
              label={t(`apps.registration.${way}`)}
              description={t(`apps.help.registrations.${way}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {registration !== 'off' && (
        <div>
          <Text size="sm" fw={500}>
            {t('apps.registrationUrl')}
          </Text>
          <Copyable value={endpointUrl('register', app.applicationId)} what={t('apps.registrationUrl')} />
        </div>
      )}
      <Checkbox
        label={t('apps.field.clientMetadataDocuments')}
        description={t('apps.help.clientMetadataDocuments')}
        {...form.getInputProps('generalUsage.clientMetadataDocuments', { type: 'checkbox' })}
      />
      {app.generalUsage.registration !== 'off' && <RegistrationTokens applicationId={app.applicationId} />}
      <RegisteredClients applicationId={app.applicationId} />
    </>
  );
}

function RegisteredClients({ applicationId }: { applicationId: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useRight('Application Management');
  const [words, setWords] = useState('');
  const [search] = useDebouncedValue(words.trim(), 200);
  const [revoking, setRevoking] = useState<RegisteredClient | null>(null);
  const found = useQuery({ ...clientsQuery(applicationId, search), placeholderData: keepPreviousData });

  const revoke = async () => {
    if (!revoking) return;
    await revokeClient(applicationId, revoking.clientId);
    await queries.invalidateQueries({ queryKey: ['apps', applicationId, 'clients'] });
    void queries.invalidateQueries({ queryKey: ['changes'] });
    notifyDone(t('apps.clients.revoked'));
  };
  return (
    <Section title={t('apps.clients.title')} lead={t('apps.clients.lead')}>
      {(found.data?.next !== undefined || search !== '') && (
        <TextInput
          type="search"
          maw="28rem"
          label={t('apps.clients.search')}
          value={words}
          onChange={({ currentTarget }) => setWords(currentTarget.value)}
        />
      )}
      <QueryStates query={found} what={t('apps.clients.title')}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('apps.clients.none')} text={t('apps.clients.noneText')} />
          ) : (
            <RecordList label={t('apps.clients.title')}>
              {items.map((client) => (
                <Record
                  key={client.clientId}
                  actions={
                    mayWrite && (
                      <Button
                        size="compact-sm"
                        aria-label={t('apps.clients.revokeWhat', { name: client.name || client.clientId })}
                        onClick={() => setRevoking(client)}
                      >
                        {t('apps.clients.revoke')}
                      </Button>
                    )
                  }
                >
                  <ClientWords client={client} />
                </Record>
              ))}
            </RecordList>
          )
        }
      </QueryStates>
      <ConfirmDanger
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={t('apps.clients.revokeTitle')}
        action={t('apps.clients.revoke')}
        perform={revoke}
      >
        {t('apps.clients.revokeText', { name: revoking?.name || revoking?.clientId })}
      </ConfirmDanger>
    </Section>
  );
}

function ClientWords({ client }: { client: RegisteredClient }) {
  const { t } = useTranslation();
  const { clientId, name, redirectUris, authMethod, initialAccessToken, createdAt } = client;
  return (
    <Stack gap={4}>
      <Text fw={500}>{name || clientId}</Text>
      <Copyable value={clientId} what={t('apps.clients.clientId')} />
      {redirectUris.map((uri) => (
        <Text key={uri} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {uri}
        </Text>
      ))}
      <Text size="sm" c="dimmed" component="div">
        {authMethod}
        {' · '}
        {initialAccessToken === null
          ? t('apps.clients.byAnyone')
          : t('apps.clients.byToken', { name: initialAccessToken })}
        {' · '}
        <RelativeTime at={createdAt} />
      </Text>
    </Stack>
  );
}
