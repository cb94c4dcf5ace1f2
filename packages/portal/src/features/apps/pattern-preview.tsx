import { Alert, Code, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Endpoint } from '@sallyport/contract';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { withoutEmptyLines } from '../../ui/lines.js';
import { ErrorState } from '../../ui/states.js';
import { endpointsQuery, testPatterns } from './app-data.js';
import { nearMisses, subjectOf } from './near-misses.js';
import classes from './scope.module.css';

const SHOWN = 12;

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
            {fault}
          </Alert>
        ))}
      {asked.some(opensEverything) && <Alert color="yellow">{t('apps.scope.opensEverything')}</Alert>}
      {opens.length > 0 && <Endpoints endpoints={opens} opened />}
      {misses.length > 0 && (
        <>
          <Text size="sm" fw={600}>
            {t('apps.scope.justMisses')}
          </Text>
          <Endpoints endpoints={misses} opened={false} />
        </>
      )}
    </Stack>
  );
}

function opensEverything(pattern: string): boolean {
  return ['*', '.*', '/*', '/.*', '.+', '(.*)', '.*?'].includes(pattern);
}

function Endpoints({ endpoints, opened }: { endpoints: readonly Endpoint[]; opened: boolean }) {
  const { t } = useTranslation();
  const methods = new Map<string, string[]>();
  for (const endpoint of endpoints)
    methods.set(subjectOf(endpoint), [...(methods.get(subjectOf(endpoint)) ?? []), endpoint.method]);
  const rows = [...methods].slice(0, SHOWN);
  const Icon = opened ? IconCheck : IconMinus;
  return (
    <ul className={classes.endpoints}>
      {rows.map(([subject, verbs]) => (
        <li key={subject}>
          <Icon size={14} aria-hidden /> <Code>{subject}</Code>{' '}
          <Text span size="xs" c="dimmed">
            {verbs.join(' ')}
          </Text>
        </li>
      ))}
      {methods.size > SHOWN && (
        <li>
          <Text size="sm" c="dimmed">
            {t('apps.scope.more', { count: methods.size - SHOWN })}
          </Text>
        </li>
      )}
    </ul>
  );
}
