import { Badge, Button, Group, Text } from '@mantine/core';
import type { Session } from '@sallyport/contract';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { notifyDone } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { EmptyState } from '../../ui/states.js';
import { type Account, endSession, sessionsQuery } from './account-data.js';
import { deviceOf, deviceText } from './device.js';
import { mechanismName } from './mechanism-name.js';

interface SessionsListProps {
  account: Account;
  /** Whether the reader may end them. */
  mayEnd: boolean;
}

/** Where the user is signed in, with a button to end each session. */
export function SessionsList({ account, mayEnd }: SessionsListProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [ending, setEnding] = useState<Session | null>(null);
  return (
    <>
      <QueryStates query={useQuery(sessionsQuery(account))} what={t('account.sessions')}>
        {(sessions) =>
          sessions.length === 0 ? (
            <EmptyState title={t('account.noSessions')} text={t('account.noSessionsText')} />
          ) : (
            <RecordList label={t('account.sessions')}>
              {sessions.map((session) => (
                <Record
                  key={session.id}
                  actions={
                    mayEnd &&
                    !session.current && (
                      <Button
                        size="compact-sm"
                        aria-label={t('account.endWhat', { what: deviceText(session.userAgent, t) })}
                        onClick={() => setEnding(session)}
                      >
                        {t('account.end')}
                      </Button>
                    )
                  }
                >
                  <SessionWords session={session} />
                </Record>
              ))}
            </RecordList>
          )
        }
      </QueryStates>
      <ConfirmDanger
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={t('account.endTitle')}
        action={t('account.end')}
        perform={async () => {
          if (!ending) return;
          await endSession(account, ending.id);
          await queries.invalidateQueries({ queryKey: account.key });
          notifyDone(t('account.ended'));
        }}
      >
        {ending && t('account.endText', { device: deviceText(ending.userAgent, t), source: ending.source })}
      </ConfirmDanger>
    </>
  );
}

function SessionWords({ session }: { session: Session }) {
  const { t } = useTranslation();
  const Icon = deviceOf(session.userAgent).mobile ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <>
      <Group gap="xs">
        <Icon size={18} aria-hidden />
        <Text fw={600}>{deviceText(session.userAgent, t)}</Text>
        {session.current && <Badge variant="outline">{t('account.thisSession')}</Badge>}
      </Group>
      <Text size="sm" c="dimmed" component="div">
        {t('account.from', { source: session.source })} ·{' '}
        {session.mechanisms.map((mechanism) => mechanismName(mechanism, t)).join(', ')}
      </Text>
      <Text size="sm" c="dimmed" component="div">
        {t('account.signedIn')} <RelativeTime at={session.createdAt} /> · {t('account.lastSeen')}{' '}
        <RelativeTime at={session.lastSeenAt} /> · {t('account.ends')} <RelativeTime at={session.expiresAt} />
      </Text>
    </>
  );
}
