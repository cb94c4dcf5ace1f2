/** Short words about what was done, kept until they have been read. `Notices` shows them. */

export interface Notice {
  id: number;
  message: string;
  failed: boolean;
}

const READING_TIME = { done: 5000, failed: 12_000 };
const listeners = new Set<() => void>();
let notices: readonly Notice[] = [];
let lastId = 0;

function change(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

function add(message: string, failed: boolean): void {
  lastId += 1;
  const id = lastId;
  change([...notices, { id, message, failed }]);
  setTimeout(() => dismissNotice(id), failed ? READING_TIME.failed : READING_TIME.done);
}

/** That something was done. What went wrong stands at its place instead. */
export function notifyDone(message: string): void {
  add(message, false);
}

/** A failure that has no place of its own on the page. */
export function notifyFailed(message: string): void {
  add(message, true);
}

export function dismissNotice(id: number): void {
  change(notices.filter((notice) => notice.id !== id));
}

/** For `useSyncExternalStore`. */
export const noticeStore = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  current: (): readonly Notice[] => notices,
};
