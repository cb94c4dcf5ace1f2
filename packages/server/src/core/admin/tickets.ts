/**
 * Tickets: what an offer must know again when it is taken up, sealed and in the hands of whoever asked for it, so that
 * nothing is kept of offers that nobody takes up. A ticket is good for ten minutes, for one purpose, and once.
 */
import { z } from 'zod';
import type { Clock } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import { UnsealError, type Vault } from '../../kit/vault.js';
import { AdminError } from '../errors.js';
import type { Recorder } from './change-log.js';

const LIFETIME = 10 * 60_000;
const Sealed = z.object({ id: z.string(), expiresAt: z.number(), state: z.unknown() });

/** A ticket that was opened. */
export interface Ticket<T> {
  state: T;
  /** Uses the ticket up, in the transaction of what it is for. Throws `invalid`, naming `ticket`, the second time. */
  spend(recorder: Recorder, tenantId: string): Promise<void>;
}

export interface Tickets {
  /** `purpose` says whose ticket it is, and what for: it opens for nothing else. */
  seal(purpose: string, state: object): string;
  /** Throws `invalid`, naming `ticket`, for one that has expired, or is of another purpose. */
  open<T>(schema: z.ZodType<T>, purpose: string, ticket: string): Ticket<T>;
}

export function createTickets({ clock, vault }: { clock: Clock; vault: Vault }): Tickets {
  function unsealed(purpose: string, ticket: string): string | null {
    try {
      return vault.open(ticket, purpose);
    } catch (error) {
      if (error instanceof UnsealError) return null;
      throw error;
    }
  }

  return {
    seal(purpose, state) {
      const sealed: z.infer<typeof Sealed> = { id: randomToken(), expiresAt: clock.now() + LIFETIME, state };
      return vault.seal(JSON.stringify(sealed), purpose);
    },
    open(schema, purpose, ticket) {
      const text = unsealed(purpose, ticket);
      const sealed = text === null ? null : Sealed.safeParse(JSON.parse(text)).data;
      const state = schema.safeParse(sealed?.state);
      if (!sealed || !state.success || sealed.expiresAt <= clock.now())
        throw AdminError.invalid('ticket', 'has expired; begin again');
      // Of the same sealed bytes there are several spellings: what is inside is what is used up.
      const { id, expiresAt } = sealed;
      return {
        state: state.data,
        async spend({ tx }, tenantId) {
          const idHash = sha256(`ticket ${id}`);
          if (!(await tx.spentIds.spend({ tenantId, idHash, expiresAt })))
            throw AdminError.invalid('ticket', 'was used before; begin again');
        },
      };
    },
  };
}
