import { Alert } from '@mantine/core';

/** Why something of a built-in role cannot be changed. */
export function BuiltInNote({ children }: { children: string }) {
  return <Alert color="gray">{children}</Alert>;
}
