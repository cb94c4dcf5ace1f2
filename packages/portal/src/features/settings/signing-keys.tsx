import { Badge, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { SigningKey } from '@sallyport/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Copyable } from '../../ui/copyable.js';
import { notifyDone, notifyFailed } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { Section } from '../../ui/section.js';
import { errorText } from '../../ui/states.js';
import { useRight } from '../session/session.js';
import { keysQuery, rotateKeys } from './settings-data.js';

/** The signing keys: what each one does now, and *Rotate now*. */
export function SigningKeys() {
  const { t } = useTranslation();
  const mayWrite = useRight('System Administrator');
  const [asking, { open, close }] = useDisclosure();
  return (
    <Section
      title={t('settings.keys')}
      lead={t('settings.keysLead')}
      actions={mayWrite && <Button onClick={open}>{t('settings.rotate')}</Button>}
    >
      <QueryStates query={useQuery(keysQuery)} what={t('settings.keys')}>
        {(keys) => (
          <RecordList label={t('settings.keys')}>
            {keys.map((key) => (
              <Record key={key.kid}>
                <KeyWords signingKey={key} />
              </Record>
            ))}
          </RecordList>
        )}
      </QueryStates>
      <Modal opened={asking} onClose={close} title={t('settings.rotateTitle')}>
        <Rotation onClose={close} />
      </Modal>
    </Section>
  );
}

function KeyWords({ signingKey: { kid, alg, state, createdAt, retireAt } }: { signingKey: SigningKey }) {
  const { t } = useTranslation();
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Badge variant="outline" color={state === 'active' ? 'pine' : 'gray'}>
          {t(`settings.keyState.${state}`)}
        </Badge>
        <Text size="sm">{alg}</Text>
      </Group>
      <Copyable value={kid} what={t('settings.keyId')} />
      <Text size="sm">{t(`settings.keyDoes.${state}`)}</Text>
      <Text size="sm" c="dimmed" component="div">
        {t('settings.keyMade')} <RelativeTime at={createdAt} />
        {retireAt !== null && (
          <>
            {' · '}
            {t('settings.keyUntil')} <RelativeTime at={retireAt} />
          </>
        )}
      </Text>
    </Stack>
  );
}

function Rotation({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const rotating = useMutation({
    mutationFn: rotateKeys,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keysQuery.queryKey });
      void queries.invalidateQueries({ queryKey: ['changes'] });
      notifyDone(t('settings.rotated'));
      onClose();
    },
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  return (
    <Stack>
      <Text>{t('settings.rotateText')}</Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button
          variant="filled"
          data-autofocus
          loading={rotating.isPending}
          onClick={() => rotating.mutate()}
        >
          {t('settings.rotate')}
        </Button>
      </Group>
    </Stack>
  );
}
