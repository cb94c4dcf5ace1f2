import { Button, Text } from '@mantine/core';
import type { Factor, User } from '@sallyport/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { notifyDone } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { Section } from '../../ui/section.js';
import { mechanismName } from '../account/mechanism-name.js';
import { useRight } from '../session/session.js';
import { factorsQuery, removeFactor } from './user-data.js';

/** The user's second factors, which an administrator can take away when they are lost. */
export function UserFactors({ user }: { user: User }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useRight('User Management');
  const [removing, setRemoving] = useState<Factor | null>(null);
  return (
    <Section title={t('users.factors')} lead={t('users.factorsLead')}>
      <QueryStates query={useQuery(factorsQuery(user.id))} what={t('users.factors')}>
        {(factors) =>
          factors.length === 0 ? (
            <Text size="sm">{t('users.noFactors')}</Text>
          ) : (
            <RecordList label={t('users.factors')}>
              {factors.map((factor) => (
                <Record
                  key={factor.id}
                  actions={
                    mayWrite && (
                      <Button size="compact-sm" onClick={() => setRemoving(factor)}>
                        {t('common.remove')}
                      </Button>
                    )
                  }
                >
                  <Text fw={600}>{mechanismName(factor.mechanism, t)}</Text>
                  <Text size="sm" c="dimmed" component="div">
                    {t('account.enrolled')} <RelativeTime at={factor.createdAt} />
                  </Text>
                </Record>
              ))}
            </RecordList>
          )
        }
      </QueryStates>
      <ConfirmDanger
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={t('users.removeFactor')}
        action={t('common.remove')}
        perform={async () => {
          if (!removing) return;
          await removeFactor(user.id, removing.id);
          await queries.invalidateQueries({ queryKey: ['users', user.id] });
          notifyDone(t('users.factorRemoved'));
        }}
      >
        {t('users.removeFactorText', { name: user.displayName })}
      </ConfirmDanger>
    </Section>
  );
}
