/** One thing that `doctor` looks at. */
export type Health = 'ok' | 'warning' | 'failed' | 'skipped';

export interface Finding {
  check: string;
  health: Health;
  /** What was seen, and on a fault what to do. */
  detail: string;
}

export const ok = (detail: string) => ({ health: 'ok', detail }) as const;
export const warning = (detail: string) => ({ health: 'warning', detail }) as const;
export const failed = (detail: string) => ({ health: 'failed', detail }) as const;
export const skipped = (detail: string) => ({ health: 'skipped', detail }) as const;

export type Result = Omit<Finding, 'check'>;

/** The first line of what went wrong. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const reason = cause instanceof Error && message === 'fetch failed' ? cause.message : message;
  return reason.split('\n')[0] ?? '';
}
