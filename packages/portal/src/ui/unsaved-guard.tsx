import { useBlocker } from '@tanstack/react-router';
import { useReportUnsaved } from './form-dialog.js';
import { UnsavedQuestion } from './unsaved-question.js';

interface UnsavedGuardProps {
  /** Whether something would be lost. */
  dirty: boolean;
  /** Moves within the page that lose nothing. */
  allows?(pathname: string): boolean;
}

/** Asks once before unsaved changes are left behind, by a link, with the tab or with the dialog around. */
export function UnsavedGuard({ dirty, allows }: UnsavedGuardProps) {
  useReportUnsaved(dirty);
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ next }) => dirty && !allows?.(next.pathname),
    enableBeforeUnload: dirty,
    withResolver: true,
  });
  return status === 'blocked' && <UnsavedQuestion leave={proceed} stay={reset} />;
}
