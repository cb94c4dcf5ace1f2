/** What a token is worth now, for those who may ask. @see RFC 7662 */
import { type Clock, seconds } from '../../kit/clock.js';
import { mayUseApp, type Subject } from '../access.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { Reader } from '../ports.js';
import type { Principal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import type { Keys } from '../tokens/keys.js';
import { mappedClaims } from '../tokens/mapped-claims.js';
import { periodTokenHash } from '../tokens/period-token.js';
import type { Subjects } from '../tokens/subjects.js';
import type { TokenVerifier } from '../tokens/verify.js';
import { notePrincipal } from '../traffic/notes.js';
import type { Urls } from '../urls.js';
import { servedApp } from './app.js';
import { type Client, type ClientAuth, isConfidential, isProgram } from './client-auth.js';
import { type Parameters, readParameters, required } from './parameters.js';
import { createRequestMemory } from './request-memory.js';
import { type ClientRequest, refuseInQuery } from './token.js';

export interface IntrospectRequest extends ClientRequest {
  /** Who the bearer of the request is, if it has one. */
  readonly principal: Principal | null;
  /** Whether the answer is asked for as a signed JWT. @see RFC 9701 section 4 */
  readonly wantsJwt: boolean;
}

/** @see RFC 7662 section 2.2 */
export type Introspection = { active: false } | ({ active: true } & Record<string, unknown>);

export interface IntrospectionAnswer {
  /** An {@link Introspection}. */
  readonly json: string;
  /** The same, signed; null for plain JSON. @see RFC 9701 section 5 */
  readonly jwt: string | null;
}

/** @see RFC 9701 section 5 */
const TYP = 'token-introspection+jwt';

/** A token that is good, whatever its kind. */
interface LiveToken {
  readonly clientId: string;
  /** Until when it may be remembered; null for one that may end without a signal. */
  readonly rememberedUntil: number | null;
  readonly claims: Record<string, unknown>;
}

/** Who asks: a confidential client, or a signed-in user. A registered client stands for itself alone. */
interface Asker {
  readonly subject: Subject | null;
  readonly client: Client | null;
}

interface IntrospectDeps {
  read: Pick<Reader, 'refreshTokens'>;
  clock: Clock;
  directory: Directory;
  clientAuth: ClientAuth;
  tokens: TokenVerifier;
  urls: Urls;
  subjects: Subjects;
  keys: Keys;
}

export function createIntrospection(deps: IntrospectDeps) {
  const { read, clock, directory, clientAuth, tokens, urls, subjects, keys } = deps;
  /** Answers, as JSON. */
  const memory = createRequestMemory<string>(deps);

  return async (context: RequestContext, request: IntrospectRequest): Promise<IntrospectionAnswer> => {
    refuseInQuery(request.query);
    await directory.catchUp();
    const app = await servedApp(directory, context, request.applicationId);
    const isPlain = !request.wantsJwt && request.principal === null;
    const question = isPlain ? memory.question(context, app, request) : null;
    if (question?.known) return { json: question.known, jwt: null };
    const parameters = readParameters(request.body);
    const asker = await askerOf(context, app, request, parameters);
    const token = required(parameters, 'token');
    const live = (await accessToken(context, app, token)) ?? (await refreshToken(context, app, token));
    const isOfApp = asker.subject !== null && mayUseApp(asker.subject, app);
    const mayKnow = isOfApp || asker.client?.id === live?.clientId;
    const answer: Introspection = live && mayKnow ? { active: true, ...live.claims } : { active: false };
    const json = JSON.stringify(answer);
    if (!request.wantsJwt && !asker.client?.registered?.metadata.introspection_signed_response_alg) {
      if (answer.active && live?.rememberedUntil && asker.client && isProgram(asker.client))
        question?.remember(json, live.rememberedUntil);
      return { json, jwt: null };
    }
    const claims = {
      iss: urls.issuer(app),
      aud: asker.client?.id ?? asker.subject?.user.id,
      iat: seconds(clock.now()),
      token_introspection: answer,
    };
    return { json, jwt: await keys.sign(context.tenant.id, { typ: TYP }, claims) };
  };

  /** A public client proves nothing, so it may not ask. @see RFC 7662 section 2.1 */
  async function askerOf(
    context: RequestContext,
    app: RunningApp,
    { authorization, principal }: IntrospectRequest,
    parameters: Parameters,
  ): Promise<Asker> {
    if (principal) return { subject: principal.subject, client: null };
    if (authorization !== undefined && /^(bearer|dpop)\b/i.test(authorization))
      throw new OAuthError('invalid_token', 'the bearer is not good');
    const client = await clientAuth.authenticate(context, app, { authorization, parameters });
    if (!isConfidential(client))
      throw new OAuthError('invalid_client', 'introspection needs a confidential client');
    return { subject: client.user, client };
  }

  async function accessToken(
    context: RequestContext,
    app: RunningApp,
    token: string,
  ): Promise<LiveToken | null> {
    const inspected = await tokens.inspect(context, token);
    // The app whose API it is for may ask as well as the app that issued it.
    if (!inspected || ![inspected.facts.appId, inspected.target.id].includes(app.id)) return null;
    notePrincipal(context, inspected.principal);
    const { facts, id, principal, target } = inspected;
    const told = await claimsOf(context, principal.app, principal.subject, facts);
    // Not spread: see ADR 12. What is told of the user gives way to what is told of the token.
    const claims = Object.assign(mappedClaims(target, principal.subject), {
      token_type: facts.jkt === null ? 'Bearer' : 'DPoP',
      ...(facts.jkt === null ? {} : { cnf: { jkt: facts.jkt } }),
      jti: id,
      aud: facts.audience,
      ...(facts.act === null ? {} : { act: facts.act }),
      exp: seconds(facts.expiresAt),
      iat: seconds(facts.issuedAt),
      ...told,
    });
    return { clientId: facts.clientId, rememberedUntil: inspected.readsUntil, claims };
  }

  /** Active while it is the family's live one. */
  async function refreshToken(
    context: RequestContext,
    app: RunningApp,
    token: string,
  ): Promise<LiveToken | null> {
    const row = await read.refreshTokens.find(periodTokenHash(token));
    if (!row || row.replacedAt !== null || row.expiresAt <= clock.now()) return null;
    const { grant } = row;
    if (grant.tenantId !== context.tenant.id || grant.appId !== app.id) return null;
    const subject = await directory.subject(context.tenant.id, grant.userId);
    if (!subject || !mayUseApp(subject, app) || subject.user.validAfter > grant.authTime) return null;
    const claims = {
      exp: seconds(row.expiresAt),
      iat: seconds(row.createdAt),
      ...(await claimsOf(context, app, subject, grant)),
    };
    return { clientId: grant.clientId, rememberedUntil: null, claims };
  }

  async function claimsOf(
    { tenant }: RequestContext,
    app: RunningApp,
    { user }: Subject,
    { scope, clientId, authTime }: { scope: string; clientId: string; authTime: number },
  ): Promise<Record<string, unknown>> {
    const sub = await subjects.of(app, clientId, user.id);
    return {
      scope,
      client_id: clientId,
      sub,
      ...(sub === user.id ? { username: user.loginName, unique_name: user.loginName } : {}),
      iss: urls.issuer(app),
      auth_time: seconds(authTime),
      app_id: app.applicationId,
      tenant_id: tenant.code,
    };
  }
}
