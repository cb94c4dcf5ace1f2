import { Code, Text } from '@mantine/core';
import type { Endpoint } from '@sallyport/contract';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { subjectOf } from './near-misses.js';
import classes from './scope.module.css';

/** More paths than this are folded away. */
const SHOWN = 12;

/** Endpoints by path, each with its methods: those that are opened, or those that are not. */
export function EndpointList({ endpoints, opened }: { endpoints: readonly Endpoint[]; opened: boolean }) {
  const { t } = useTranslation();
  const methods = new Map<string, string[]>();
  for (const endpoint of endpoints)
    methods.set(subjectOf(endpoint), [...(methods.get(subjectOf(endpoint)) ?? []), endpoint.method]);
  const folded = [...methods].slice(SHOWN);
  const count = folded.reduce((sum, [, verbs]) => sum + verbs.length, 0);
  return (
    <div>
      <Rows rows={[...methods].slice(0, SHOWN)} opened={opened} />
      {count > 0 && (
        <details>
          <summary className={classes.more}>{t('apps.scope.more', { count })}</summary>
          <Rows rows={folded} opened={opened} />
        </details>
      )}
    </div>
  );
}

/** Paths and their methods. */
function Rows({ rows, opened }: { rows: readonly [string, string[]][]; opened: boolean }) {
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
    </ul>
  );
}
