import { randomToken } from '../../kit/random.js';

/** Begins every client id that registration gives out, and no other: whoever has none costs no look-up. */
const PREFIX = 'dyn_';

export function newClientId(): string {
  return `${PREFIX}${randomToken().slice(0, 22)}`;
}

/** Whether a client id is one that registration gave out, by the look of it. */
export function isRegisteredId(clientId: string): boolean {
  return /^dyn_[A-Za-z0-9_-]{22}$/.test(clientId);
}
