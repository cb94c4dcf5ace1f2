/**
 * Refresh tokens: opaque, stored hashed, replaced at each use. A replaced one answers with the same successor for a
 * moment, for a client that lost the answer; after that its use means theft. Rule 6.
 * @see RFC 6749 section 6, RFC 9700 section 4.14.2
 */
import { keyedDigest, sha256 } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import { open, seal, UnsealError } from '../../kit/vault.js';
import type { Grant, RefreshToken } from '../model.js';
import type { Writer } from '../ports.js';

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
  const token = randomToken();
  await tx.refreshTokens.insert(record(token, grant, grant.createdAt));
  return token;
}

/** Uses `token` once: its successor, the same one again within the grace, or null when it was used before. */
export async function rotate(tx: Writer, token: string, grant: Grant, now: number): Promise<string | null> {
  const tokenHash = sha256(token);
  const successor = randomToken();
  const sealed = seal(sealingKey(token), successor, tokenHash);
  if (!(await tx.refreshTokens.replace(tokenHash, now, sha256(successor), sealed)))
    return successorInGrace(await tx.refreshTokens.find(tokenHash), token, now);
  await tx.refreshTokens.endGrace(tokenHash);
  await tx.refreshTokens.insert(record(successor, grant, now));
  return successor;
}

function successorInGrace(replaced: RefreshToken | null, token: string, now: number): string | null {
  if (!replaced?.sealedSuccessor || replaced.replacedAt === null) return null;
  if (now - replaced.replacedAt > GRACE) return null;
  try {
    return open(sealingKey(token), replaced.sealedSuccessor, replaced.tokenHash);
  } catch (error) {
    if (error instanceof UnsealError) return null;
    throw error;
  }
}

/** Only who holds the replaced token can open its successor; its hash in the database does not suffice. */
function sealingKey(token: string): Uint8Array {
  return Buffer.from(keyedDigest(Buffer.from(token), 'refresh token successor'), 'base64url');
}

function record(token: string, grant: Grant, createdAt: number): RefreshToken {
  return {
    tenantId: grant.tenantId,
    tokenHash: sha256(token),
    grantId: grant.id,
    createdAt,
    expiresAt: grant.expiresAt,
    replacedAt: null,
    successorHash: null,
    sealedSuccessor: null,
  };
}
