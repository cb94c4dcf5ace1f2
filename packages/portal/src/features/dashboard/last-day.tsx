import { Card, SimpleGrid, Text } from '@mantine/core';
import type { Activity } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.js';
import { QueryStates } from '../../ui/query-states.js';
import { Section } from '../../ui/section.js';
import { activityQuery } from './dashboard-data.js';
import { Sparkline } from './sparkline.js';

/** Each measure with the filter of the audit log that lists what it counts. */
const MEASURES = { signIns: 'login.success', tokens: 'token.issued', denials: 'denials' } as const;
type Measure = keyof typeof MEASURES;

/** Sign-ins, tokens and denials of the last 24 hours. */
export function LastDay() {
  const { t } = useTranslation();
  return (
    <Section title={t('dashboard.lastDay')}>
      <QueryStates query={useQuery(activityQuery)} what={t('dashboard.lastDay')}>
        {({ hours }) => (
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            {(Object.keys(MEASURES) as Measure[]).map((measure) => (
              <MeasureCard key={measure} measure={measure} hours={hours} />
            ))}
          </SimpleGrid>
        )}
      </QueryStates>
    </Section>
  );
}

function MeasureCard({ measure, hours }: { measure: Measure; hours: Activity['hours'] }) {
  const { t, i18n } = useTranslation();
  const total = hours.reduce((sum, hour) => sum + hour[measure], 0);
  return (
    <Card withBorder padding="md">
      <TextLink to="/manage/audit" search={{ type: MEASURES[measure] }} size="sm">
        {t(`dashboard.measure.${measure}`)}
      </TextLink>
      <Text size="xl" fw={600}>
        {total.toLocaleString(i18n.language)}
      </Text>
      <Sparkline
        label={t(`dashboard.measure.${measure}`)}
        points={hours.map((hour) => ({ at: hour.at, count: hour[measure] }))}
      />
    </Card>
  );
}
