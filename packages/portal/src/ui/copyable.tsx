import { Code, Group } from '@mantine/core';
import { CopyButton } from './copy-button.js';
import classes from './copyable.module.css';

/** An identifier or an address in monospace, with its copy button. */
export function Copyable({ value, what }: { value: string; what: string }) {
  return (
    <Group gap={4} wrap="nowrap" className={classes.row}>
      <Code className={classes.value}>{value}</Code>
      <CopyButton value={value} what={what} />
    </Group>
  );
}
