/** Asks, on any page, about a sign-in that waits on another device. */
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useIdle } from '@mantine/hooks';
import type { WaitingSignIn } from '@sallyport/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.js';
import { notifyDone } from '../../ui/notify.js';
import { useMe } from '../session/session.js';
import { waitingQuery } from './approval-data.js';
import { ApprovalQuestion } from './approval-question.js';

/** Whoever did nothing for this long is not there. */
const AWAY_AFTER = 5 * 60_000;

interface ApprovalsProps {
  /** Opens by itself; otherwise a bar says that something waits, and does not disturb what is being typed. */
  opens: boolean;
}

export function Approvals(props: ApprovalsProps) {
  return useMe().mayApprove ? <Watch {...props} /> : null;
}

function Watch({ opens }: ApprovalsProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const isAway = useIdle(AWAY_AFTER, { initialState: false });
  const { data: waiting = [] } = useQuery(waitingQuery(!isAway));
  /** Kept while it is decided about, though the server may have forgotten it meanwhile. */
  const [asked, setAsked] = useState<WaitingSignIn | null>(null);
  const [later, setLater] = useState<string[]>([]);
  const [denied, setDenied] = useState(false);
  const next = waiting.find(({ id }) => !later.includes(id));
  const current = asked ?? (opens ? next : undefined);
  const close = () => {
    if (current) setLater([...later, current.id]);
    setAsked(null);
    setDenied(false);
  };
  const decided = (outcome: 'approved' | 'denied') => {
    void queries.invalidateQueries({ queryKey: ['approvals'] });
    if (outcome === 'denied') return setDenied(true);
    notifyDone(t('approvals.approved'));
    close();
  };
  return (
    <>
      {waiting.length > 0 && !current && (
        <Alert color="yellow" role="status" mb="md">
          <Group justify="space-between" gap="sm">
            <Text size="sm">{t('approvals.waits', { count: waiting.length })}</Text>
            <Button size="compact-sm" onClick={() => setAsked(waiting[0] ?? null)}>
              {t('approvals.look')}
            </Button>
          </Group>
        </Alert>
      )}
      <Modal
        opened={current !== undefined}
        onClose={close}
        title={t('approvals.title')}
        closeOnClickOutside={false}
      >
        {current && !denied && (
          <ApprovalQuestion
            key={current.id}
            waiting={current}
            onBegin={() => setAsked(current)}
            onDecided={decided}
          />
        )}
        {denied && (
          <Stack>
            <Text role="alert">{t('approvals.denied')}</Text>
            <Text size="sm">
              {t('approvals.notYou')}{' '}
              <TextLink to="/my/security" onClick={close}>
                {t('approvals.changePassword')}
              </TextLink>
            </Text>
            <Group justify="flex-end">
              <Button variant="filled" onClick={close}>
                {t('common.close')}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}
