/** Taking tokens back. @see RFC 7009 */
import type { Clock } from '../../kit/clock.js';
import type { RunningApp } from '../app-runtime.js';
import type { Audit } from '../audit.js';
import type { Directory } from '../directory.js';
import type { Store, Writer } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import { periodTokenHash } from '../tokens/period-token.js';
import { revokeFamily } from '../tokens/revocation.js';
import type { TokenVerifier } from '../tokens/verify.js';
import { servedApp } from './app.js';
import type { Client, ClientAuth } from './client-auth.js';
import { readParameters, required } from './parameters.js';
import { type ClientRequest, refuseInQuery } from './token.js';

interface RevokeDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  directory: Directory;
  clientAuth: ClientAuth;
  tokens: TokenVerifier;
}

/** What a revocation writes, and whose token it was. */
interface Revocation {
  readonly userId: string;
  readonly detail: string;
  write(tx: Writer): Promise<unknown>;
}

/** Resolves alike whether there was anything to revoke: a token of another client is none of the caller's business. */
export function createRevocation(deps: RevokeDeps) {
  const { store, clock, audit, directory, clientAuth, tokens } = deps;

  return async (context: RequestContext, request: ClientRequest): Promise<void> => {
    refuseInQuery(request.query);
    const parameters = readParameters(request.body);
    await directory.catchUp();
    const app = await servedApp(directory, context, request.applicationId);
    const { authorization } = request;
    const client = await clientAuth.authenticate(context, app, { authorization, parameters });
    const token = required(parameters, 'token');
    const revocation =
      (await ofAccessToken(context, app, client, token)) ??
      (await ofRefreshToken(context, app, client, token));
    if (!revocation) return;
    context.trace?.passed('revoked', revocation.detail);
    const { userId, detail } = revocation;
    const facts = { userId, appId: app.id, clientId: client.id, detail };
    const event = audit.event(context, 'token.revoked', facts);
    context.trace?.decided(event);
    await store.write(async (tx) => {
      await revocation.write(tx);
      await tx.events.append(event);
    });
    await directory.catchUp();
  };

  async function ofAccessToken(
    context: RequestContext,
    app: RunningApp,
    client: Client,
    token: string,
  ): Promise<Revocation | null> {
    const inspected = await tokens.inspect(context, token);
    if (!inspected) return null;
    const { facts } = inspected;
    if (facts.appId !== app.id || facts.clientId !== client.id) return null;
    return {
      userId: facts.userId,
      detail: 'an access token',
      write: (tx) => tokens.revoke(tx, context, inspected),
    };
  }

  /** The whole family goes, access tokens included. @see RFC 7009 section 2.1 */
  async function ofRefreshToken(
    { tenant }: RequestContext,
    app: RunningApp,
    client: Client,
    token: string,
  ): Promise<Revocation | null> {
    const grant = (await store.read.refreshTokens.find(periodTokenHash(token)))?.grant;
    if (grant?.tenantId !== tenant.id || grant.appId !== app.id || grant.clientId !== client.id) return null;
    return {
      userId: grant.userId,
      detail: `a refresh token, and with it grant ${grant.id}`,
      write: (tx) => revokeFamily(tx, app, grant.id, clock.now()),
    };
  }
}
