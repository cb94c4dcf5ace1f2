import type { IncomingHttpHeaders } from 'node:http';
import type { TokenResponse } from '@sallyport/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../../core/core.js';
import type { ClientRequest } from '../../core/oauth/token.js';
import type { RequestContext } from '../../core/request-context.js';
import type { EdgeDeps } from '../context.js';
import { HttpRefusal } from '../errors.js';
import { type AppParams, clientRequest } from './request.js';

/** @see RFC 9701 section 4 */
const SIGNED_INTROSPECTION = 'application/token-introspection+jwt';

/** Room for a token of any size: one that is too long is answered as unknown, not as a bad request. */
const TOKEN_BODY_LIMIT = 2 * 1024 * 1024;

/** Headers of an answer that holds tokens, or tells of one. @see RFC 6749 section 5.1 */
export const TOKEN_HEADERS = {
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'content-type': 'application/json; charset=utf-8',
} as const;

/** Answers what a client posted, as JSON. */
export type AnswerPost = (context: RequestContext, asking: ClientRequest) => Promise<string>;

/** @see RFC 6749 section 5.1 */
export function tokenAnswer({ oauth }: Pick<Core, 'oauth'>): AnswerPost {
  return async (context, asking) => writtenTokens(await oauth.token(context, asking));
}

/** No token of ours holds what JSON escapes. V8 would look for it, and take 4 us for a signed one. */
function writtenTokens(answer: TokenResponse): string {
  const { access_token, token_type, expires_in, issued_token_type, refresh_token, id_token } = answer;
  const scope = JSON.stringify(answer.scope);
  return (
    `{"access_token":"${access_token}","token_type":"${token_type}","expires_in":${expires_in},"scope":${scope}` +
    `${written('issued_token_type', issued_token_type)}${written('refresh_token', refresh_token)}` +
    `${written('id_token', id_token)}}`
  );
}

function written(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":"${value}"`;
}

/** @see RFC 7662 section 2.2 */
export function introspectionAnswer(core: Pick<Core, 'oauth' | 'authenticate'>): AnswerPost {
  return async (context, asking) => (await introspect(core, context, asking, false)).json;
}

async function introspect(
  { oauth, authenticate }: Pick<Core, 'oauth' | 'authenticate'>,
  context: RequestContext,
  asking: ClientRequest,
  wantsJwt: boolean,
): ReturnType<Core['oauth']['introspect']> {
  const { principal } = await authenticate(context, asking);
  return oauth.introspect(context, { principal, wantsJwt, ...asking });
}

/** @see RFC 9701 section 4 */
export function wantsSignedAnswer({ accept }: IncomingHttpHeaders): boolean {
  return accept?.includes(SIGNED_INTROSPECTION) ?? false;
}

/** The endpoints a client posts a form to. @see RFC 6749 section 3.2, RFC 7662 section 2, RFC 7009 section 2, RFC 9126 */
export function tokenRoutes(app: FastifyInstance, { core }: EdgeDeps): void {
  const { publicUrl } = core.urls;
  const config = { anonymous: true };
  const roomy = { config, bodyLimit: TOKEN_BODY_LIMIT };

  const answer = tokenAnswer(core);
  app.post<{ Params: AppParams }>('/oauth2/token/:applicationId', { config }, async (request, reply) =>
    sendText(reply, await answer(request.context, clientRequest(request, publicUrl))),
  );

  app.post<{ Params: AppParams }>('/oauth2/introspect/:applicationId', roomy, async (request, reply) => {
    const asking = clientRequest(request, publicUrl);
    const wantsJwt = wantsSignedAnswer(request.headers);
    const { json, jwt } = await introspect(core, request.context, asking, wantsJwt);
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

export function sendJson(reply: FastifyReply, answer: object): FastifyReply {
  return sendText(reply, JSON.stringify(answer));
}

/** The same of JSON that is written already. */
function sendText(reply: FastifyReply, json: string): FastifyReply {
  return reply.headers(TOKEN_HEADERS).send(json);
}
