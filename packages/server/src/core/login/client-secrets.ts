/**
 * Secrets of confidential clients: generated ones, stored as a keyed digest, and the memory of those verified
 * lately, so that no client pays for a slow hash on each request.
 */
import { LRUCache } from 'lru-cache';
import { atMost } from '../../kit/at-most.js';
import { keyedDigest, nameInMemory, sameSecret } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';

const DIGEST = 'digest:';
const REMEMBERED = 10_000;
const REMEMBERED_MILLISECONDS = 10 * 60_000;

/** The stored form of secrets that Sallyport made: 256 random bits need no slow hash. Rule 14. */
export interface GeneratedSecrets {
  generate(): { secret: string; stored: string };
  /**
   * The secret of a client that signs with it. It follows from the client's id under a key of the vault, so that the
   * server makes it again where it must check a signature, and still keeps a digest alone.
   */
  forSigning(tenantId: string, clientId: string): { secret: string; stored: string };
  /** Whether `stored` is such a digest and not a slow hash. */
  isDigest(stored: string): boolean;
  matches(stored: string, secret: string): boolean;
}

export function createGeneratedSecrets(vault: Vault): GeneratedSecrets {
  const key = vault.derive('client secret');
  const signingKey = vault.derive('client secret that signs');
  const storedForm = (secret: string) => `${DIGEST}${keyedDigest(key, secret)}`;
  return {
    generate() {
      const secret = randomToken();
      return { secret, stored: storedForm(secret) };
    },
    forSigning(tenantId, clientId) {
      const secret = keyedDigest(signingKey, tenantId, clientId);
      return { secret, stored: storedForm(secret) };
    },
    isDigest: (stored) => stored.startsWith(DIGEST),
    matches: (stored, secret) => sameSecret(stored, storedForm(secret)),
  };
}

/** A secret presented by a client at a source. */
export interface PresentedSecret {
  userId: string;
  source: string;
  storedHash: string;
  secret: string;
}

/** What was verified lately. The stored hash is part of the digest: a changed secret is unknown at once. */
export interface VerifiedSecrets {
  knows(presented: PresentedSecret): boolean;
  /** To be called with a secret that was found right, never with another. */
  remember(presented: PresentedSecret): void;
}

export function createVerifiedSecrets(): VerifiedSecrets {
  const processSecret = randomToken();
  // To the second: the default starts a timer with each millisecond in which somebody looks.
  const ageing = { ttl: REMEMBERED_MILLISECONDS, ttlResolution: 1_000 };
  const verified = new LRUCache<string, string>({ ...atMost(REMEMBERED), ...ageing });
  const place = ({ userId, source }: PresentedSecret) => `${userId} ${source}`;
  const digest = ({ userId, storedHash, secret }: PresentedSecret) =>
    nameInMemory(processSecret, userId, storedHash, secret);
  return {
    knows(presented) {
      const known = verified.get(place(presented));
      return known !== undefined && sameSecret(known, digest(presented));
    },
    remember: (presented) => verified.set(place(presented), digest(presented)),
  };
}
