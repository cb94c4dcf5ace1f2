/**
 * Authorization requests that wait for a sign-in or for consent, under the key that the vendor calls `bounce`. The
 * key's hash is stored, never the key, and of the request only what it needs to run again.
 */
import { z } from 'zod';
import type { Clock } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { OAuthError } from '../errors.js';
import type { Store } from '../ports.js';
import { NotByRedirect, PARKED_PARAMETERS, type TrustedRequest } from './authorization-request.js';
import type { Parameters } from './parameters.js';

/** Milliseconds a person may take to sign in, or to decide. */
export const PARKED_LIFETIME = 30 * 60_000;

const Stored = z.object({
  parameters: z.record(z.string(), z.string()),
  /** The session that was shown the consent page; null while it waits for a sign-in. */
  shownTo: z.string().nullable(),
  /** Hashes of the keys under which the request waited before. */
  before: z.array(z.string()),
});

/** A request that came back. */
export interface Parked {
  readonly parameters: Parameters;
  readonly shownTo: string | null;
  /** Epoch milliseconds; `Infinity` for a request that nobody was asked to sign in for. */
  readonly parkedAt: number;
  /** Keys that end when the request is answered. */
  readonly keyHashes: readonly string[];
}

export interface Parking {
  /** Resolves to the `bounce`. `shownTo`: the session that will see the consent page. */
  park(request: TrustedRequest, shownTo: string | null, before: Parked | null): Promise<string>;
  /** Throws `invalid_request` for a key that is unknown, expired, used, or of another app. */
  find(appId: string, bounce: string): Promise<Parked>;
}

interface ParkingDeps {
  store: Store;
  clock: Clock;
}

export function createParking({ store, clock }: ParkingDeps): Parking {
  return {
    async park({ context, app, parameters }, shownTo, before) {
      const bounce = randomToken();
      const now = clock.now();
      const stored: z.infer<typeof Stored> = {
        parameters: keptOf(parameters),
        shownTo,
        before: [...(before?.keyHashes ?? [])],
      };
      const row = {
        tenantId: context.tenant.id,
        keyHash: sha256(bounce),
        appId: app.id,
        request: JSON.stringify(stored),
        createdAt: now,
        expiresAt: now + PARKED_LIFETIME,
      };
      await store.write((tx) => tx.parked.insert(row));
      context.trace?.link('parked', row.keyHash);
      return bounce;
    },
    async find(appId, bounce) {
      const keyHash = sha256(bounce);
      const row = await store.read.parked.find(keyHash);
      if (!row || row.appId !== appId || row.expiresAt <= clock.now()) throw alreadyAnswered();
      const stored = Stored.safeParse(JSON.parse(row.request));
      if (!stored.success) throw alreadyAnswered();
      const { parameters, shownTo, before } = stored.data;
      return {
        parameters: new Map(Object.entries(parameters)),
        shownTo,
        parkedAt: row.createdAt,
        keyHashes: [keyHash, ...before],
      };
    },
  };
}

/** What of a request is kept while it waits. */
export function keptOf(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(
    PARKED_PARAMETERS.flatMap((name) => {
      const value = parameters.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What the sign-in page must know of the request it serves. */
export interface WaitingRequest {
  appId: string;
  clientId: string;
  /** The checked redirect: a form of the page may lead there. */
  redirectUri: string | null;
  acrValues: string | undefined;
  /** Languages that the client asked for. */
  uiLocales: string | null;
}

/** The request that waits under `bounce`; null when none does. */
export async function waitingRequest(
  { store, clock }: ParkingDeps,
  bounce: string,
): Promise<WaitingRequest | null> {
  const row = await store.read.parked.find(sha256(bounce));
  if (!row || row.expiresAt <= clock.now()) return null;
  const stored = Stored.safeParse(JSON.parse(row.request));
  if (!stored.success) return null;
  const { parameters } = stored.data;
  const { client_id: clientId = '', redirect_uri: redirectUri = null } = parameters;
  const { acr_values: acrValues, ui_locales: uiLocales = null } = parameters;
  return { appId: row.appId, clientId, redirectUri, acrValues, uiLocales };
}

/** The refusal of a `bounce` that no longer stands for a request. */
export function alreadyAnswered(): OAuthError {
  return new NotByRedirect(
    'invalid_request',
    'this sign-in request is unknown, expired or already answered; start again in the application',
  );
}
