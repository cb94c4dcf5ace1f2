/**
 * Refresh tokens: opaque, stored hashed, replaced at each use. A replaced one answers with the same successor for a
 * moment, for a client that lost the answer; after that its use means theft. Rule 6.
 * @see RFC 6749 section 6, RFC 9700 section 4.14.2
 */
import { keyedDigest } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { Grant, RefreshToken } from '../model.js';
import type { Writer } from '../ports.js';
import { periodToken, periodTokenHash } from './period-token.js';

/** Milliseconds during which a replaced token yields its successor again. */
const GRACE = 10_000;

/** A family that begins now; its refresh tokens' life is counted from the sign-in. */
export function newGrant(
  facts: Omit<Grant, 'createdAt' | 'expiresAt' | 'revokedAt'>,
  now: number,
  refreshLifetimeSeconds: number,
): Grant {
  const expiresAt = facts.authTime + refreshLifetimeSeconds * 1000;
  return { createdAt: now, expiresAt, revokedAt: null, ...facts };
}

/** Starts a family: stores the grant and its first refresh token. Resolves to that token. */
export async function openFamily(tx: Writer, grant: Grant, withRefresh: boolean): Promise<string | null> {
  await tx.grants.insert(grant);
  if (!withRefresh || grant.expiresAt <= grant.createdAt) return null;
  const token = periodToken(grant.createdAt, randomToken());
  await tx.refreshTokens.insert(record(token, grant, grant.createdAt));
  return token;
}

/**
 * Uses `token` once: its successor, the same one again within the grace, or null when it was used before.
 *
 * @param key of the successors, from the vault
 * @param stored what was read of it, maybe before another used it
 */
export async function rotate(
  tx: Writer,
  key: Uint8Array,
  token: string,
  { tokenHash, replacedAt, grant }: RefreshToken & { grant: Grant },
  now: number,
): Promise<string | null> {
  const secret = successorOf(key, token, grant);
  if (replacedAt !== null || !(await tx.refreshTokens.replace(tokenHash, now)))
    return successorInGrace(tx, await tx.refreshTokens.find(tokenHash), secret, now);
  const successor = periodToken(now, secret);
  await tx.refreshTokens.insert(record(successor, grant, now));
  return successor;
}

/**
 * The grace ends early once the successor is used: then the answer was not lost. A clock that was set back since, or
 * another process's that runs ahead, must not lengthen it.
 */
async function successorInGrace(
  tx: Writer,
  replaced: RefreshToken | null,
  secret: string,
  now: number,
): Promise<string | null> {
  if (!replaced || replaced.replacedAt === null) return null;
  if (Math.abs(now - replaced.replacedAt) > GRACE) return null;
  const successor = periodToken(replaced.replacedAt, secret);
  const stored = await tx.refreshTokens.find(periodTokenHash(successor));
  return stored?.replacedAt === null ? successor : null;
}

/**
 * The secret of the one token that follows `token`. It is stored nowhere, and only who has both the token and the key
 * of this place can tell it: neither the database nor the client.
 */
function successorOf(key: Uint8Array, token: string, { id }: Grant): string {
  return keyedDigest(key, id, token);
}

function record(token: string, grant: Grant, createdAt: number): RefreshToken {
  return {
    tenantId: grant.tenantId,
    tokenHash: periodTokenHash(token),
    grantId: grant.id,
    createdAt,
    expiresAt: grant.expiresAt,
    replacedAt: null,
  };
}
