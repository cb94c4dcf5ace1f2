import type { Clock } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { Reader } from '../ports.js';
import type { Urls } from '../urls.js';
import { readAct } from './act-claim.js';
import type { TokenFormat } from './format.js';

/** Opaque access tokens: 256 random bits, stored as their SHA-256; one indexed read explains one. */
export function createOpaqueFormat(deps: {
  read: Pick<Reader, 'accessTokens'>;
  urls: Urls;
  clock: Clock;
}): TokenFormat {
  const { read, urls, clock } = deps;
  return {
    type: 'opaque',
    mint({ facts, tenant }) {
      const token = randomToken();
      const { issuedAt: createdAt, act, ...rest } = facts;
      const row = {
        ...rest,
        act: act && JSON.stringify(act),
        tenantId: tenant.id,
        tokenHash: sha256(token),
        createdAt,
        revokedAt: null,
      };
      return { token: Promise.resolve(token), id: row.tokenHash, store: (tx) => tx.accessTokens.insert(row) };
    },
    recognises: (token) => /^[A-Za-z0-9_-]{43}$/.test(token),
    async read(tenant, token) {
      const row = await read.accessTokens.find(sha256(token));
      if (!row || row.tenantId !== tenant.id) return null;
      if (row.revokedAt !== null || row.expiresAt <= clock.now()) return null;
      const { tokenHash: id, createdAt: issuedAt, act, ...facts } = row;
      const audience = facts.audience ?? urls.resource;
      return { id, facts: { ...facts, audience, act: act ? readAct(JSON.parse(act)) : null, issuedAt } };
    },
    revoke: async (tx, _tenant, { id }, now) => {
      await tx.accessTokens.revoke(id, now);
    },
  };
}
