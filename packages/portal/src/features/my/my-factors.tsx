import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { Factor, SignInOutlook } from '@sallyport/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../../ui/form-dialog.js';
import { notifyDone } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { Section } from '../../ui/section.js';
import { MY_ACCOUNT } from '../account/account-data.js';
import { anyMechanism, mechanismMeaning, mechanismName } from '../account/mechanism-name.js';
import { FactorWords, factorName, outlookOf, outlookQuery, PlaceList } from '../account/outlook.js';
import { ENROLMENTS, type Enrolment, EnrolmentForm, isEnrolment, SINGLE } from './enrolment.js';
import { myFactorsQuery } from './my-data.js';
import { RemoveFactor } from './remove-factor.js';

type Doing = { add: Enrolment } | { remove: Factor } | null;

/** One's second factors, with what would happen if each were lost, and what can be added. */
export function MyFactors() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [doing, setDoing] = useState<Doing>(null);
  const factors = useQuery(myFactorsQuery);
  const outlook = useQuery(outlookQuery(MY_ACCOUNT));
  const close = () => setDoing(null);
  const done = (words: string) => {
    close();
    void queries.invalidateQueries({ queryKey: ['me'] });
    notifyDone(words);
  };
  return (
    <>
      <Section title={t('my.factors')} lead={t('my.factorsLead')}>
        <QueryStates query={factors} what={t('my.factors')}>
          {(present) => (
            <QueryStates query={outlook} what={t('my.factors')}>
              {(known) => <Factors factors={present} outlook={known} onDo={setDoing} />}
            </QueryStates>
          )}
        </QueryStates>
      </Section>
      {factors.data && outlook.data && (
        <Addable factors={factors.data} outlook={outlook.data} onAdd={(add) => setDoing({ add })} />
      )}
      {doing && 'add' in doing && (
        <FormDialog onClose={close} title={t(`my.add.${doing.add}`)}>
          <EnrolmentForm mechanism={doing.add} onCancel={close} onDone={done} />
        </FormDialog>
      )}
      {doing && 'remove' in doing && (
        <FormDialog onClose={close} title={t('my.removeFactor')}>
          <RemoveFactor
            factor={doing.remove}
            outlook={outlook.data && outlookOf(outlook.data, doing.remove)}
            onCancel={close}
            onDone={() => done(t('my.factorRemoved'))}
          />
        </FormDialog>
      )}
    </>
  );
}

interface FactorsProps {
  factors: Factor[];
  outlook: SignInOutlook;
  onDo(doing: Doing): void;
}

function Factors({ factors, outlook, onDo }: FactorsProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      {outlook.closed.length > 0 && (
        <Alert color="yellow" title={t('my.closed')}>
          <PlaceList places={outlook.closed} />
        </Alert>
      )}
      {factors.length === 0 && (
        <Alert color="yellow">
          <Text size="sm">{t('my.noFactors')}</Text>
        </Alert>
      )}
      {factors.length > 0 && (
        <RecordList label={t('my.factors')}>
          {factors.map((factor) => (
            <Record key={factor.id} actions={<Actions factor={factor} onDo={onDo} />}>
              <FactorWords factor={factor} />
              <IfLost factor={factor} outlook={outlook} />
            </Record>
          ))}
        </RecordList>
      )}
    </Stack>
  );
}

function Actions({ factor, onDo }: { factor: Factor; onDo(doing: Doing): void }) {
  const { t } = useTranslation();
  const { mechanism } = factor;
  const what = factorName(factor, t);
  return (
    <Group gap="xs">
      {isEnrolment(mechanism) && SINGLE.includes(mechanism) && (
        <Button
          size="compact-sm"
          aria-label={t('my.replaceWhat', { what })}
          onClick={() => onDo({ add: mechanism })}
        >
          {t('my.replace')}
        </Button>
      )}
      <Button
        size="compact-sm"
        aria-label={t('common.removeWhat', { what })}
        onClick={() => onDo({ remove: factor })}
      >
        {t('common.remove')}
      </Button>
    </Group>
  );
}

/** What the loss of a factor would mean: what stands in for it, or where the way would be closed. */
function IfLost({ factor, outlook }: { factor: Factor; outlook: SignInOutlook }) {
  const { t, i18n } = useTranslation();
  const known = outlookOf(outlook, factor);
  if (!known) return null;
  const { ifLost, instead } = known;
  const portals = ifLost.some(({ applicationId }) => applicationId === null);
  if (portals) return <Text size="sm">{t('my.ifLostOnly')}</Text>;
  const others = instead.filter((mechanism) => mechanism !== 'UP');
  const means = anyMechanism(others, t, i18n.language);
  return (
    <>
      <Text size="sm">
        {others.length === 0 ? t('my.ifLostNothing') : t('my.ifLostOther', { others: means })}
      </Text>
      {ifLost.length > 0 && (
        <>
          <Text size="sm">{t('my.ifLostCloses')}</Text>
          <PlaceList places={ifLost} />
        </>
      )}
    </>
  );
}

interface AddableProps {
  factors: Factor[];
  outlook: SignInOutlook;
  onAdd(mechanism: Enrolment): void;
}

function Addable({ factors, outlook, onAdd }: AddableProps) {
  const { t } = useTranslation();
  const has = (mechanism: Enrolment) => factors.some((factor) => factor.mechanism === mechanism);
  const offered = ENROLMENTS.filter(
    (mechanism) => outlook.enrollable.includes(mechanism) && !(SINGLE.includes(mechanism) && has(mechanism)),
  );
  if (offered.length === 0) return null;
  const isFirst = factors.length === 0;
  return (
    <Section title={t('my.addable')} lead={t('my.addableLead')}>
      <RecordList label={t('my.addable')}>
        {offered.map((mechanism) => {
          const needsOther = mechanism === 'RECOVERY' && isFirst;
          return (
            <Record
              key={mechanism}
              actions={
                <Button
                  size="compact-sm"
                  disabled={needsOther}
                  aria-label={t(`my.add.${mechanism}`)}
                  onClick={() => onAdd(mechanism)}
                >
                  {t('common.add')}
                </Button>
              }
            >
              <Text fw={600}>{mechanismName(mechanism, t)}</Text>
              <Text size="sm" c="dimmed">
                {needsOther ? t('my.codesNeedOther') : mechanismMeaning(mechanism, t)}
              </Text>
            </Record>
          );
        })}
      </RecordList>
    </Section>
  );
}
