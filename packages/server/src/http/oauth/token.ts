import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { EdgeDeps } from '../context.js';
import { HttpRefusal } from '../errors.js';
import { type AppParams, clientRequest } from './request.js';

/** @see RFC 9701 section 4 */
const SIGNED_INTROSPECTION = 'application/token-introspection+jwt';

/** Room for a token of any size: one that is too long is answered as unknown, not as a bad request. */
const TOKEN_BODY_LIMIT = 2 * 1024 * 1024;

/** The endpoints a client posts a form to. @see RFC 6749 section 3.2, RFC 7662 section 2, RFC 7009 section 2, RFC 9126 */
export function tokenRoutes(app: FastifyInstance, { core }: EdgeDeps): void {
  const { publicUrl } = core.urls;
  const config = { anonymous: true };
  const roomy = { config, bodyLimit: TOKEN_BODY_LIMIT };

  app.post<{ Params: AppParams }>('/oauth2/token/:applicationId', { config }, async (request, reply) =>
    sendJson(reply, await core.oauth.token(request.context, clientRequest(request, publicUrl))),
  );

  app.post<{ Params: AppParams }>('/oauth2/introspect/:applicationId', roomy, async (request, reply) => {
    const asking = clientRequest(request, publicUrl);
    const { principal } = await core.authenticate(request.context, asking);
    const wantsJwt = request.headers.accept?.includes(SIGNED_INTROSPECTION) ?? false;
    const asked = { principal, wantsJwt, ...asking };
    const { json, jwt } = await core.oauth.introspect(request.context, asked);
    return jwt === null ? sendText(reply, json) : sendJwt(reply, SIGNED_INTROSPECTION, jwt);
  });

  app.post<{ Params: AppParams }>('/oauth2/revoke/:applicationId', roomy, async (request, reply) => {
    await core.oauth.revoke(request.context, clientRequest(request, publicUrl));
    return reply.header('cache-control', 'no-store').send();
  });

  app.post<{ Params: AppParams }>('/oauth2/par/:applicationId', { config }, async (request, reply) => {
    const answer = await core.oauth.push(request.context, clientRequest(request, publicUrl));
    return sendJson(reply.code(201), answer);
  });

  app.post<{ Params: AppParams }>('/oauth2/device/:applicationId', { config }, async (request, reply) =>
    sendJson(reply, await core.oauth.device.start(request.context, clientRequest(request, publicUrl))),
  );

  for (const endpoint of ['token', 'introspect', 'revoke', 'par', 'device'])
    app.get(`/oauth2/${endpoint}/:applicationId`, { config }, refuseGet);
}

async function refuseGet(_request: FastifyRequest, reply: FastifyReply): Promise<never> {
  reply.header('allow', 'POST, OPTIONS');
  throw new HttpRefusal(405, 'this endpoint takes a POST');
}

/** A signed answer. */
export function sendJwt(reply: FastifyReply, type: string, jwt: string): FastifyReply {
  return reply.header('cache-control', 'no-store').type(type).send(jwt);
}

/** @see RFC 6749 section 5.1 */
export function sendJson(reply: FastifyReply, answer: object): FastifyReply {
  return sendText(reply, JSON.stringify(answer));
}

/** The same of JSON that is written already. */
function sendText(reply: FastifyReply, json: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('pragma', 'no-cache')
    .type('application/json')
    .send(json);
}
