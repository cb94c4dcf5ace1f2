import { Text } from '@mantine/core';
import type { TrafficCheck } from '@sallyport/contract';
import { IconCheck, IconHourglass, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './check-list.module.css';

const ICONS = { passed: IconCheck, needed: IconHourglass, refused: IconX } as const;

/** The checks of one step in the order in which they were made. */
export function CheckList({ checks }: { checks: readonly TrafficCheck[] }) {
  const { t } = useTranslation();
  if (checks.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('traffic.noChecks')}
      </Text>
    );
  // The same check may be made twice; its place in the order names it.
  const made = checks.map((check, place) => ({ ...check, name: `${place} ${check.check}` }));
  return (
    <ol className={classes.list} aria-label={t('traffic.checks')}>
      {made.map(({ name, check, outcome, detail, reference }) => {
        const Icon = ICONS[outcome];
        return (
          <li key={name} className={classes.check} data-outcome={outcome}>
            <Icon size={16} aria-label={t(`traffic.outcome.${outcome}`)} className={classes.icon} />
            <span>
              <Text span size="sm" fw={600}>
                {t(`traffic.check.${check}`)}
              </Text>{' '}
              <Text span size="sm" className={classes.detail}>
                {detail}
              </Text>{' '}
              {reference !== null && (
                <Text span size="xs" c="dimmed">
                  {reference}
                </Text>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
