import { useBlocker } from '@tanstack/react-router';
import { useReportLoss } from './form-dialog.js';
import { type Loss, UnsavedQuestion } from './unsaved-question.js';

interface UnsavedGuardProps {
  /** Whether something would be lost. */
  dirty: boolean;
  loss?: Loss;
  /** Moves within the page that lose nothing. */
  allows?(pathname: string): boolean;
}

/** Asks once before something is left behind, by a link, with the tab or with the dialog around. */
export function UnsavedGuard({ dirty, loss = 'unsaved', allows }: UnsavedGuardProps) {
  useReportLoss(dirty ? loss : null);
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ next }) => dirty && !allows?.(next.pathname),
    enableBeforeUnload: dirty,
    withResolver: true,
  });
  return status === 'blocked' && <UnsavedQuestion loss={loss} leave={proceed} stay={reset} />;
}
