import type { TokenResponse } from '@sallyport/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../../core/core.js';
import type { ClientRequest } from '../../core/oauth/token.js';
import type { RequestContext } from '../../core/request-context.js';
import type { EdgeDeps } from '../context.js';
import { HttpRefusal } from '../errors.js';
import { type AppParams, type AppRequest, clientRequest } from './request.js';

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

/** Headers of a signed answer about a token. @see RFC 9701 section 5 */
export const SIGNED_HEADERS = { 'cache-control': 'no-store', 'content-type': SIGNED_INTROSPECTION } as const;

/** What a client that posted a form is told. */
export interface PostAnswer {
  readonly headers: typeof TOKEN_HEADERS | typeof SIGNED_HEADERS;
  readonly text: string;
}

/** @param accept the header of that name */
export type AnswerPost = (
  context: RequestContext,
  asking: ClientRequest,
  accept: string | undefined,
) => Promise<PostAnswer>;

/** @see RFC 6749 section 5.1 */
export function tokenAnswer({ oauth }: Pick<Core, 'oauth'>): AnswerPost {
  return async (context, asking) => {
    const tokens = await oauth.token(context, asking);
    return { headers: TOKEN_HEADERS, text: writtenTokens(tokens, asking.body.state) };
  };
}

/**
 * No token of ours holds what JSON escapes. V8 would look for it, and take 4 us for a signed one.
 *
 * @param state is told back to the vendor's clients, which send it here too
 */
function writtenTokens(answer: TokenResponse, state: unknown): string {
  const { access_token, token_type, expires_in, issued_token_type, refresh_token, id_token } = answer;
  const scope = JSON.stringify(answer.scope);
  return (
    `{"access_token":"${access_token}","token_type":"${token_type}","expires_in":${expires_in},"scope":${scope}` +
    `${written('issued_token_type', issued_token_type)}${written('refresh_token', refresh_token)}` +
    `${written('id_token', id_token)}${typeof state === 'string' ? `,"state":${JSON.stringify(state)}` : ''}}`
  );
}

function written(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":"${value}"`;
}

/** @see RFC 7662 section 2.2, RFC 9701 section 4 */
export function introspectionAnswer({
  oauth,
  authenticate,
}: Pick<Core, 'oauth' | 'authenticate'>): AnswerPost {
  return async (context, asking, accept) => {
    const { principal } = await authenticate(context, asking);
    const wantsJwt = accept?.includes(SIGNED_INTROSPECTION) ?? false;
    const { json, jwt } = await oauth.introspect(context, { principal, wantsJwt, ...asking });
    return jwt === null ? { headers: TOKEN_HEADERS, text: json } : { headers: SIGNED_HEADERS, text: jwt };
  };
}

/** The endpoints a client posts a form to. @see RFC 6749 section 3.2, RFC 7662 section 2, RFC 7009 section 2, RFC 9126 */
export function tokenRoutes(app: FastifyInstance, { core }: EdgeDeps): void {
  const { publicUrl } = core.urls;
  const config = { anonymous: true };
  const roomy = { config, bodyLimit: TOKEN_BODY_LIMIT };

  const answered = (answer: AnswerPost) => async (request: AppRequest, reply: FastifyReply) => {
    const asking = clientRequest(request, publicUrl);
    const { headers, text } = await answer(request.context, asking, request.headers.accept);
    return reply.headers(headers).send(text);
  };
  app.post<{ Params: AppParams }>('/oauth2/token/:applicationId', { config }, answered(tokenAnswer(core)));
  app.post<{ Params: AppParams }>(
    '/oauth2/introspect/:applicationId',
    roomy,
    answered(introspectionAnswer(core)),
  );

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
  return reply.headers(TOKEN_HEADERS).send(JSON.stringify(answer));
}
