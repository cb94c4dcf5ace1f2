import { Skeleton, Text } from '@mantine/core';
import type { Activity } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { Section } from '../../ui/section.js';
import { ErrorState } from '../../ui/states.js';
import { useNow } from '../../ui/use-now.js';
import { keysQuery } from '../settings/settings-data.js';
import { activityQuery, allAppsQuery, withoutFactorQuery } from './dashboard-data.js';

/** A key that signs longer than this is due. */
const KEY_AGE = 365 * 86_400_000;

interface Matter {
  id: string;
  words: ReactNode;
}

/** What somebody should look at; says so when that is nothing. */
export function Attention() {
  const { t } = useTranslation();
  const { matters, error } = useMatters();
  return (
    <Section title={t('dashboard.attention')}>
      {error && <ErrorState error={error} />}
      {!error && matters === undefined && <Skeleton h={48} />}
      {matters?.length === 0 && <Text>{t('dashboard.nothing')}</Text>}
      {matters && matters.length > 0 && (
        <RecordList label={t('dashboard.attention')}>
          {matters.map(({ id, words }) => (
            <Record key={id}>{words}</Record>
          ))}
        </RecordList>
      )}
    </Section>
  );
}

/** Undefined until everything was read. */
function useMatters(): { matters: Matter[] | undefined; error: Error | null } {
  const { t } = useTranslation();
  const now = useNow();
  const keys = useQuery(keysQuery);
  const apps = useQuery(allAppsQuery);
  const admins = useQuery(withoutFactorQuery);
  const activity = useQuery(activityQuery);
  // That the last day cannot be read is said above.
  const error = keys.error ?? apps.error ?? admins.error;
  if (!keys.data || !apps.data || !admins.data || activity.isPending) return { matters: undefined, error };

  const matters: Matter[] = [];
  for (const { applicationId, name } of apps.data.filter((app) => app.generalUsage.admitOldClients))
    matters.push({
      id: `old ${applicationId}`,
      words: (
        <>
          {t('dashboard.oldClients', { name })}{' '}
          <TextLink
            to="/manage/apps/$applicationId/{-$category}"
            params={{ applicationId, category: 'general-usage' }}
          >
            {t('dashboard.seeApp')}
          </TextLink>
        </>
      ),
    });
  if (keys.data.some(({ state, createdAt }) => state === 'active' && now - Date.parse(createdAt) > KEY_AGE))
    matters.push({
      id: 'key',
      words: (
        <>
          {t('dashboard.keyDue')} <TextLink to="/manage/settings">{t('dashboard.seeKeys')}</TextLink>
        </>
      ),
    });
  if (admins.data.length > 0)
    matters.push({
      id: 'factor',
      words: (
        <>
          {t('dashboard.noFactor', { count: admins.data.length, names: admins.data.join(', ') })}{' '}
          <TextLink to="/my/security">{t('dashboard.addFactor')}</TextLink>
        </>
      ),
    });
  if (activity.data && isRising(activity.data.hours))
    matters.push({
      id: 'denials',
      words: (
        <>
          {t('dashboard.denialsRise')}{' '}
          <TextLink to="/manage/audit" search={{ type: 'denials' }}>
            {t('dashboard.seeDenials')}
          </TextLink>
        </>
      ),
    });
  return { matters, error };
}

const NOTABLE = 10;
const RECENT_HOURS = 2;

/** Whether the last hours saw many denials, and three times as many an hour as before. */
function isRising(hours: Activity['hours']): boolean {
  const denials = hours.map((hour) => hour.denials);
  const perHour = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const recent = perHour(denials.slice(-RECENT_HOURS));
  return recent * RECENT_HOURS >= NOTABLE && recent > 3 * perHour(denials.slice(0, -RECENT_HOURS));
}
