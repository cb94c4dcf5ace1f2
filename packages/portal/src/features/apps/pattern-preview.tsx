import { Alert, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { inWords } from '../../i18n/in-words.js';
import { withoutEmptyLines } from '../../ui/lines.js';
import { ErrorState } from '../../ui/states.js';
import { endpointsQuery, testPatterns } from './app-data.js';
import { EndpointList } from './endpoint-list.js';
import { nearMisses } from './near-misses.js';
import classes from './scope.module.css';

/** While patterns are typed: what they open, what they just miss, and what they open too much. */
export function PatternPreview({ patterns }: { patterns: readonly string[] }) {
  const { t } = useTranslation();
  const [asked] = useDebouncedValue(withoutEmptyLines(patterns), 250);
  const all = useQuery(endpointsQuery);
  const test = useQuery({
    queryKey: ['endpoints', 'test', asked],
    queryFn: () => testPatterns(asked),
    enabled: asked.length > 0,
    placeholderData: keepPreviousData,
  });
  const known = all.data ?? [];
  const opens = asked.length > 0 ? (test.data?.opens ?? []) : [];
  const misses = nearMisses(asked, known, opens);
  return (
    <Stack gap="sm" className={classes.preview} aria-live="polite">
      <Text fw={600}>{t('apps.scope.opens', { count: opens.length, all: known.length })}</Text>
      {test.isError && <ErrorState error={test.error} />}
      {asked.length > 0 &&
        test.data?.faults.map(({ pattern, fault }) => (
          <Alert key={pattern} color="red" title={t('apps.scope.refused', { pattern })}>
            {inWords(fault)}
          </Alert>
        ))}
      {asked.filter(hasMoreThanPath).map((pattern) => (
        <Alert key={pattern} color="yellow">
          {t('apps.scope.pathAlone', { pattern, path: pattern.replace(BEFORE_PATH, '') })}
        </Alert>
      ))}
      {known.length > 0 && opens.length === known.length && (
        <Alert color="yellow">{t('apps.scope.opensEverything')}</Alert>
      )}
      {opens.length > 0 && <EndpointList endpoints={opens} opened />}
      {misses.length > 0 && (
        <>
          <Text size="sm" fw={600}>
            {t('apps.scope.justMisses')}
          </Text>
          <EndpointList endpoints={misses} opened={false} />
        </>
      )}
    </Stack>
  );
}

/** A method or an address before the path: nothing that a request's path could match. */
const BEFORE_PATH = /^(?:(?:get|post|put|patch|delete)\s+)?(?:https?:\/\/[^/]*)?\/*/i;

function hasMoreThanPath(pattern: string): boolean {
  return /^(?:get|post|put|patch|delete)\s|^https?:\/\//i.test(pattern);
}
