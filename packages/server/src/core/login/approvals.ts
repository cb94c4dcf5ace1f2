/**
 * Sign-ins that another device decides about: by the link of a message, or in a session that the same user has
 * elsewhere. The waiting login learns of it when it polls.
 */
import type { Clock } from '../../kit/clock.js';
import { sameSecret, sha256 } from '../../kit/digest.js';
import type { Vault } from '../../kit/vault.js';
import type { LoginTransaction } from '../model.js';
import type { Store } from '../ports.js';
import type { SessionPrincipal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import { createApprovalCodes } from './approval-codes.js';
import { type LoginState, type Place, parseState } from './package.js';
import { mechanismsOf } from './policy.js';

/** A step of the same login at the same moment makes one look again. */
const TRIES = 5;

/** What waits for a decision. */
export interface WaitingSignIn {
  id: string;
  loginName: string;
  source: string;
  userAgent: string;
  startedAt: number;
  /** What may be typed there instead of deciding here; null where only a decision counts. */
  code: string | null;
}

export interface Approvals {
  /** The sign-in that the token of a link stands for; null when it is unknown, over or already decided. */
  find(context: RequestContext, token: string): Promise<WaitingSignIn | null>;
  /** True for the one decision that counts. */
  decide(context: RequestContext, token: string, isApproved: boolean): Promise<boolean>;
  /** The user's sign-ins that this session may decide about. */
  waitingFor(context: RequestContext, session: SessionPrincipal): Promise<WaitingSignIn[]>;
  /** Approves if `number` is the one shown there, else denies: there is no second guess. */
  decideInSession(
    context: RequestContext,
    session: SessionPrincipal,
    id: string,
    number: string | null,
  ): Promise<'approved' | 'denied' | 'unknown'>;
}

/** Whether a session is trusted to let another one in: it must itself have proved more than a password. */
export function mayApprove(amr: readonly string[]): boolean {
  return mechanismsOf(amr).some((name) => name !== 'UP' && name !== 'RESET');
}

interface Found {
  stored: LoginTransaction;
  state: LoginState;
  place: Place;
}

export function createApprovals(deps: { store: Store; clock: Clock; vault: Vault }): Approvals {
  const { store, clock } = deps;
  const codes = createApprovalCodes(deps.vault);

  async function lookUp(
    { tenant }: RequestContext,
    idHash: string,
    isIt: (place: Place) => boolean,
  ): Promise<Found | null> {
    const stored = await store.read.logins.find(idHash);
    if (!stored || stored.tenantId !== tenant.id || stored.expiresAt <= clock.now()) return null;
    const state = parseState(stored.state);
    const place = state.remaining[0]?.find((candidate) => candidate.verdict === null && isIt(candidate));
    return place ? { stored, state, place } : null;
  }

  function byToken(context: RequestContext, token: string): Promise<Found | null> {
    const [idHash = '', secret = ''] = token.split('.');
    const hash = sha256(secret);
    return lookUp(context, idHash, ({ link }) => link !== null && sameSecret(link, hash));
  }

  async function write({ stored, state, place }: Found, verdict: Place['verdict']): Promise<boolean> {
    const [challenge = [], ...rest] = state.remaining;
    const decided = challenge.map((other) => (other.id === place.id ? { ...place, verdict } : other));
    const next = { ...state, remaining: [decided, ...rest] };
    return store.write((tx) => tx.logins.advance({ ...stored, state: JSON.stringify(next) }));
  }

  /** Looks and writes until nobody came between. */
  async function settle(
    look: () => Promise<Found | null>,
    verdictOn: (found: Found) => 'approved' | 'denied',
  ): Promise<'approved' | 'denied' | 'unknown'> {
    for (let tries = 0; tries < TRIES; tries++) {
      const found = await look();
      if (!found) return 'unknown';
      const verdict = verdictOn(found);
      if (await write(found, verdict)) return verdict;
    }
    return 'unknown';
  }

  function isOtpOf(session: SessionPrincipal, { stored, state }: Pick<Found, 'stored' | 'state'>): boolean {
    return stored.userId === session.subject.user.id && state.sessionId !== session.sessionId;
  }

  return {
    find: async (context, token) => {
      const found = await byToken(context, token);
      return found && shown(found.stored, found.state);
    },
    decide: async (context, token, isApproved) => {
      const verdict = isApproved ? 'approved' : 'denied';
      const look = () => byToken(context, token);
      return (await settle(look, () => verdict)) !== 'unknown';
    },
    async waitingFor(context, session) {
      if (!mayApprove(session.amr)) return [];
      const { user } = session.subject;
      const logins = await store.read.logins.ofUser(context.tenant.id, user.id);
      const found = await Promise.all(logins.map(({ idHash }) => lookUp(context, idHash, isStartedOtp)));
      return found.flatMap((one) => {
        if (!one || !isOtpOf(session, one)) return [];
        return [{ ...shown(one.stored, one.state), code: codes.codeOf(one.place.kept ?? '') }];
      });
    },
    async decideInSession(context, session, id, number) {
      if (!mayApprove(session.amr)) return 'unknown';
      const look = async () => {
        const found = await lookUp(context, id, isStartedOtp);
        return found && isOtpOf(session, found) ? found : null;
      };
      return settle(look, ({ place }) =>
        number !== null && number === codes.numberOf(place.kept ?? '') ? 'approved' : 'denied',
      );
    },
  };
}

function isStartedOtp({ mechanism, kept }: Place): boolean {
  return mechanism === 'OTP' && kept !== null;
}

function shown(
  { idHash, loginKey, source, createdAt }: LoginTransaction,
  { userAgent }: LoginState,
): WaitingSignIn {
  return { id: idHash, loginName: loginKey, source, userAgent, startedAt: createdAt, code: null };
}
