import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LifetimeInput } from '../../ui/lifetime-input.js';
import { notifyDone, notifyFailed } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { SecretOnce } from '../../ui/secret-once.js';
import { Section } from '../../ui/section.js';
import { errorText } from '../../ui/states.js';
import { useRight } from '../session/session.js';
import { createRegistrationToken, registrationTokensQuery, revokeRegistrationToken } from './clients-data.js';

/** The tokens by which clients may register, made and taken back here. */
export function RegistrationTokens({ applicationId }: { applicationId: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useRight('Application Management');
  const [asking, { open, close }] = useDisclosure();
  const [secret, setSecret] = useState<string | null>(null);
  const query = registrationTokensQuery(applicationId);
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: query.queryKey });
    void queries.invalidateQueries({ queryKey: ['changes'] });
  };
  const revoking = useMutation({
    mutationFn: (id: string) => revokeRegistrationToken(applicationId, id),
    onSuccess: async () => {
      await refresh();
      notifyDone(t('apps.registrationTokens.revoked'));
    },
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  return (
    <Section
      title={t('apps.registrationTokens.title')}
      lead={t('apps.registrationTokens.lead')}
      actions={mayWrite && <Button onClick={open}>{t('apps.registrationTokens.create')}</Button>}
    >
      <QueryStates query={useQuery(query)} what={t('apps.registrationTokens.title')}>
        {(tokens) =>
          tokens.length === 0 ? (
            <Text size="sm">{t('apps.registrationTokens.none')}</Text>
          ) : (
            <RecordList label={t('apps.registrationTokens.title')}>
              {tokens.map(({ id, name, expiresAt }) => (
                <Record
                  key={id}
                  actions={
                    mayWrite && (
                      <Button
                        size="compact-sm"
                        aria-label={t('apps.clients.revokeWhat', { name })}
                        loading={revoking.isPending && revoking.variables === id}
                        onClick={() => revoking.mutate(id)}
                      >
                        {t('apps.clients.revoke')}
                      </Button>
                    )
                  }
                >
                  <Text fw={500}>{name}</Text>
                  <Text size="sm" c="dimmed" component="div">
                    {t('apps.registrationTokens.expires')} <RelativeTime at={expiresAt} />
                  </Text>
                </Record>
              ))}
            </RecordList>
          )
        }
      </QueryStates>
      <Modal opened={asking} onClose={close} title={t('apps.registrationTokens.create')}>
        <NewToken
          applicationId={applicationId}
          onMade={async (token) => {
            close();
            setSecret(token);
            await refresh();
          }}
        />
      </Modal>
      <SecretOnce
        secret={secret}
        title={t('apps.registrationTokens.made')}
        what={t('apps.registrationTokens.one')}
        onClose={() => setSecret(null)}
      />
    </Section>
  );
}

function NewToken({ applicationId, onMade }: { applicationId: string; onMade(token: string): void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [lifetime, setLifetime] = useState('30d');
  const making = useMutation({
    mutationFn: () => createRegistrationToken(applicationId, { name, lifetime }),
    onSuccess: ({ token }) => onMade(token),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Over the form of the app, that one must not be sent too.
    event.stopPropagation();
    making.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t('apps.registrationTokens.name')}
          description={t('apps.registrationTokens.nameHelp')}
          value={name}
          required
          data-autofocus
          error={making.isError && errorText(making.error, t)}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <LifetimeInput
          label={t('apps.registrationTokens.lifetime')}
          value={lifetime}
          onChange={setLifetime}
        />
        <Group justify="flex-end">
          <Button type="submit" variant="filled" loading={making.isPending}>
            {t('apps.registrationTokens.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
