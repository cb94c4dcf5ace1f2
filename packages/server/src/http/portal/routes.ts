/**
 * The built portals: hashed assets that browsers keep for ever, and one page, rendered per request with a nonce, at
 * every address the portals know. Decides only whether somebody is signed in; what they may see, the API decides.
 */
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../../core/core.js';
import { randomToken } from '../../kit/random.js';
import { type Routes, SESSION_COOKIE } from '../context.js';
import { HttpRefusal } from '../errors.js';
import { readPortal } from './dist.js';

/** Hashed names may be kept for ever; the build compressed each file already. */
const STATIC = { serve: false, preCompressed: true, index: false, immutable: true, maxAge: '365d' } as const;
const USER_PORTAL = ['/', '/my', '/my/*'];
const ADMIN_PORTAL = ['/manage', '/manage/*'];

export const portalRoutes: Routes = async (app, { core }) => {
  const portal = readPortal();
  const config = { anonymous: true };

  if (portal) {
    await app.register(fastifyStatic, { ...STATIC, root: portal.assets });
    app.get<{ Params: { '*': string } }>('/portal/assets/*', { config }, async (request, reply) =>
      reply.sendFile(request.params['*']),
    );
  }

  const page = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!portal) throw new HttpRefusal(503, 'the portal is not built; run `npm run build`');
    if (!(await isSignedIn(core, request))) return reply.redirect(loginUrl(request), 302);
    const nonce = randomToken();
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy(nonce))
      .header('cache-control', 'no-store')
      .header('referrer-policy', REFERRER_POLICY)
      .send(portal.render(nonce));
  };
  for (const url of [...USER_PORTAL, ...ADMIN_PORTAL]) app.get(url, { config }, page);
};

/** Forms of the portal must say where they come from; other sites learn nothing all the same. */
const REFERRER_POLICY = 'same-origin';

async function isSignedIn(core: Core, request: FastifyRequest): Promise<boolean> {
  const { principal } = await core.authenticate(request.context, { cookie: request.cookies[SESSION_COOKIE] });
  return principal !== null;
}

/** The login page, told where to come back to. */
function loginUrl(request: FastifyRequest): string {
  const here = (request.raw.url ?? '/').replace(/^\/+/, '');
  return `/login?cloudRedirect=${encodeURIComponent(here === '' ? 'my' : here)}`;
}

/** Nothing from elsewhere, nothing inline but the style elements that carry this answer's nonce. @see CSP Level 3 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}
