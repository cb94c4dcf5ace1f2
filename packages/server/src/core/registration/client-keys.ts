/** The keys of registered clients: written down with them, or fetched from where they say and kept for a while. */
import { PublicJwk } from '@sallyport/contract';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../../kit/clock.js';
import { type Outbound, OutboundError } from '../outbound.js';
import type { ClientMetadata } from './client-metadata.js';
import { jsonOf } from './client-policy.js';

/** Bytes of a key set that are read, and milliseconds a fetched one is kept, at most and at least. */
const LIMIT = 64 * 1024;
const KEPT = 60_000;
const KEPT_AT_LEAST = 5_000;

const KeySet = z.object({ keys: z.array(z.unknown()).max(100) });

interface Fetched {
  readonly at: number;
  readonly keys: Promise<PublicJwk[]>;
}

export interface ClientKeys {
  /** The client's public keys; none when they cannot be fetched. `isStale`: those known did not do. */
  of(metadata: Pick<ClientMetadata, 'jwks' | 'jwks_uri'>, isStale: boolean): Promise<PublicJwk[]>;
}

export function createClientKeys({ outbound, clock }: { outbound: Outbound; clock: Clock }): ClientKeys {
  const cache = new LRUCache<string, Fetched>({ max: 1000 });

  async function load(url: string): Promise<PublicJwk[]> {
    try {
      const { status, body } = await outbound({ url, accept: 'application/json', maxBytes: LIMIT });
      const set = status === 200 ? KeySet.safeParse(jsonOf(body)) : null;
      // A key of a kind that is not known here is no fault of the others.
      return (set?.data?.keys ?? []).flatMap((key) => PublicJwk.safeParse(key).data ?? []);
    } catch (error) {
      if (error instanceof OutboundError) return [];
      throw error;
    }
  }

  return {
    async of({ jwks, jwks_uri: url }, isStale) {
      if (jwks) return jwks.keys;
      if (url === undefined) return [];
      const known = cache.get(url);
      const age = known ? clock.now() - known.at : Number.POSITIVE_INFINITY;
      if (known && age < (isStale ? KEPT_AT_LEAST : KEPT)) return known.keys;
      const fetched = { at: clock.now(), keys: load(url) };
      cache.set(url, fetched);
      return fetched.keys;
    },
  };
}
