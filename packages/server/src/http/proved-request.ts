import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Dpop, ProvedRequest } from '../core/oauth/dpop.js';

/**
 * The request as its DPoP proof may name it: under the public URL, and under the name of this machine that was asked
 * for, which the Host check admitted. @see RFC 9449 section 4.3
 */
export function provedRequest(request: FastifyRequest, publicUrl: string): ProvedRequest {
  const { dpop } = request.headers;
  const path = request.raw.url?.split('?', 1)[0] ?? '/';
  const protocol = publicUrl.slice(0, publicUrl.indexOf(':') + 1);
  return {
    proof: dpop === undefined ? undefined : String(dpop),
    method: request.method,
    urls: [`${publicUrl}${path}`, `${protocol}//${request.host}${path}`],
  };
}

/** Whoever sends a proof learns the nonce for the next one. @see RFC 9449 sections 8.2 and 9 */
export function handOutNonces(app: FastifyInstance, dpop: Pick<Dpop, 'nonce'>): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers.dpop !== undefined) reply.header('dpop-nonce', dpop.nonce());
    done();
  });
}
