import { Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import classes from './policies.module.css';
import type { Warning } from './policy-warnings.js';

/** What would not work, each with its sign: the graver ones in red. */
export function WarningList({ warnings }: { warnings: readonly Warning[] }) {
  return warnings.map(({ text, grave }) => (
    <Text key={text} size="sm" component="p" className={grave ? classes.grave : classes.warning}>
      <IconAlertTriangle size={16} aria-hidden /> {text}
    </Text>
  ));
}
