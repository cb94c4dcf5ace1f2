import { Alert, Button, List, Stack, Text } from '@mantine/core';
import type { Factor, SignInOutlook, User } from '@sallyport/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { notifyDone } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { Section } from '../../ui/section.js';
import { accountOf } from '../account/account-data.js';
import { FactorWords, factorName, outlookOf, outlookQuery, PlaceList } from '../account/outlook.js';
import { useRight } from '../session/session.js';
import { factorsQuery, removeFactor, resetFactors } from './user-data.js';

/** The user's second factors, which an administrator can take away when they are lost. */
export function UserFactors({ user }: { user: User }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useRight('User Management');
  const factors = useQuery(factorsQuery(user.id));
  const outlook = useQuery(outlookQuery(accountOf(user.id)));
  const [removing, setRemoving] = useState<Factor | 'all' | null>(null);
  const close = () => setRemoving(null);
  const removed = async (words: string) => {
    void queries.invalidateQueries({ queryKey: ['changes'] });
    await queries.invalidateQueries({ queryKey: ['users', user.id] });
    notifyDone(words);
  };
  const isMany = (factors.data?.length ?? 0) > 1;
  return (
    <Section
      title={t('users.factors')}
      lead={t('users.factorsLead')}
      actions={
        mayWrite && isMany && <Button onClick={() => setRemoving('all')}>{t('users.resetFactors')}</Button>
      }
    >
      {outlook.data && outlook.data.closed.length > 0 && (
        <Alert color="yellow" title={t('users.closed', { name: user.displayName })}>
          <PlaceList places={outlook.data.closed} />
        </Alert>
      )}
      <QueryStates query={factors} what={t('users.factors')}>
        {(present) =>
          present.length === 0 ? (
            <Text size="sm">{t('users.noFactors')}</Text>
          ) : (
            <RecordList label={t('users.factors')}>
              {present.map((factor) => (
                <Record
                  key={factor.id}
                  actions={
                    mayWrite && (
                      <Button
                        size="compact-sm"
                        aria-label={t('common.removeWhat', { what: factorName(factor, t) })}
                        onClick={() => setRemoving(factor)}
                      >
                        {t('common.remove')}
                      </Button>
                    )
                  }
                >
                  <FactorWords factor={factor} />
                </Record>
              ))}
            </RecordList>
          )
        }
      </QueryStates>
      <ConfirmDanger
        opened={removing !== null && removing !== 'all'}
        onClose={close}
        title={t('users.removeFactor')}
        action={t('common.remove')}
        perform={async () => {
          if (removing === null || removing === 'all') return;
          await removeFactor(user.id, removing.id);
          await removed(t('users.factorRemoved'));
        }}
      >
        {removing !== null && removing !== 'all' && (
          <WhatGoes user={user} factor={removing} outlook={outlook.data} />
        )}
      </ConfirmDanger>
      <ConfirmDanger
        opened={removing === 'all'}
        onClose={close}
        title={t('users.resetFactorsTitle', { name: user.displayName })}
        action={t('users.resetFactors')}
        perform={async () => {
          await resetFactors(user.id);
          await removed(t('users.factorsReset'));
        }}
      >
        <Stack gap="xs">
          <List size="sm">
            {(factors.data ?? []).map((factor) => (
              <List.Item key={factor.id}>{factorName(factor, t)}</List.Item>
            ))}
          </List>
          <Text size="sm">{t('users.resetFactorsText', { name: user.displayName })}</Text>
        </Stack>
      </ConfirmDanger>
    </Section>
  );
}

interface WhatGoesProps {
  user: User;
  factor: Factor;
  outlook: SignInOutlook | undefined;
}

/** Why it matters that this factor goes: where its owner can no longer sign in, or that the password is all. */
function WhatGoes({ user, factor, outlook }: WhatGoesProps) {
  const { t } = useTranslation();
  const known = outlook && outlookOf(outlook, factor);
  const name = user.displayName;
  return (
    <Stack gap="xs">
      <Text size="sm">{t('users.removeFactorText', { name })}</Text>
      {known && known.ifRemoved.length > 0 && (
        <div>
          <Text size="sm">{t('users.removeCloses', { name })}</Text>
          <PlaceList places={known.ifRemoved} />
        </div>
      )}
      {known?.leavesPasswordAlone && <Text size="sm">{t('users.leavesPassword', { name })}</Text>}
    </Stack>
  );
}
