import { Alert, Button, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Factor } from '@sallyport/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { notifyDone } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { Section } from '../../ui/section.js';
import { mechanismName } from '../account/mechanism-name.js';
import { EnrolTotp } from './enrol-totp.js';
import { myFactorsQuery } from './my-data.js';
import { RemoveFactor } from './remove-factor.js';

/** One's second factors, with what would happen if each were lost. */
export function MyFactors() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [enrolling, { open, close }] = useDisclosure();
  const [removing, setRemoving] = useState<Factor | null>(null);
  const done = (words: string) => {
    close();
    setRemoving(null);
    void queries.invalidateQueries({ queryKey: ['me'] });
    notifyDone(words);
  };
  return (
    <Section
      title={t('my.factors')}
      lead={t('my.factorsLead')}
      actions={<Button onClick={open}>{t('my.addAuthenticator')}</Button>}
    >
      <QueryStates query={useQuery(myFactorsQuery)} what={t('my.factors')}>
        {(factors) =>
          factors.length === 0 ? (
            <Alert color="yellow">
              <Text size="sm">{t('my.noFactors')}</Text>
            </Alert>
          ) : (
            <RecordList label={t('my.factors')}>
              {factors.map((factor) => (
                <Record
                  key={factor.id}
                  actions={
                    <Button size="compact-sm" onClick={() => setRemoving(factor)}>
                      {t('common.remove')}
                    </Button>
                  }
                >
                  <Text fw={600}>{mechanismName(factor.mechanism, t)}</Text>
                  <Text size="sm" c="dimmed" component="div">
                    {t('account.enrolled')} <RelativeTime at={factor.createdAt} />
                  </Text>
                  <Text size="sm">{factors.length > 1 ? t('my.ifLostOther') : t('my.ifLostOnly')}</Text>
                </Record>
              ))}
            </RecordList>
          )
        }
      </QueryStates>
      <Modal opened={enrolling} onClose={close} title={t('my.addAuthenticator')}>
        {enrolling && <EnrolTotp onCancel={close} onDone={() => done(t('my.authenticatorAdded'))} />}
      </Modal>
      <Modal opened={removing !== null} onClose={() => setRemoving(null)} title={t('my.removeFactor')}>
        {removing && (
          <RemoveFactor
            factor={removing}
            onCancel={() => setRemoving(null)}
            onDone={() => done(t('my.factorRemoved'))}
          />
        )}
      </Modal>
    </Section>
  );
}
