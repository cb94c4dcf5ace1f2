import type { FastifyInstance, HTTPMethods } from 'fastify';

/** A day: what a browser may ask does not change. */
const PREFLIGHT_SECONDS = '86400';

/** Lets the page read the answer, and what of its headers is for programs. */
export const OPEN_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'www-authenticate, retry-after, dpop-nonce',
} as const;

/**
 * Lets pages of every origin call the routes of this group, without credentials: no cookie means anything to them.
 * @see Fetch Standard, CORS protocol
 */
export function openToAnyOrigin(group: FastifyInstance): void {
  const preflights = new Map<string, Set<string>>();

  group.addHook('onRequest', (_request, reply, done) => {
    reply.headers(OPEN_HEADERS);
    done();
  });

  group.addHook('onRoute', ({ url, method }) => {
    const methods = [method].flat() as HTTPMethods[];
    if (methods.includes('OPTIONS')) return;
    const known = preflights.get(url);
    const allowed = known ?? new Set<string>();
    for (const name of methods) allowed.add(name);
    if (known) return;
    preflights.set(url, allowed);
    group.options(url, { config: { anonymous: true } }, async (_request, reply) =>
      reply
        .code(204)
        .header('access-control-allow-methods', [...allowed].join(', '))
        .header('access-control-allow-headers', 'authorization, content-type, dpop')
        .header('access-control-max-age', PREFLIGHT_SECONDS)
        .send(),
    );
  });
}
