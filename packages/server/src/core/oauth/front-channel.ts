/**
 * Tokens that the authorization endpoint itself answers with. An access token from here has a grant of its own, so
 * that it ends with the session; a refresh token never comes this way.
 * @see RFC 6749 section 4.2, OpenID Connect Core 1.0 sections 3.2 and 3.3
 */
import { newId } from '../../kit/random.js';
import type { Entitlement } from '../grants/grant.js';
import type { Grant } from '../model.js';
import type { Writer } from '../ports.js';
import { type ClaimsRequest, storedClaims } from '../tokens/claims-request.js';
import type { AccessTokenFacts } from '../tokens/format.js';
import type { Recipient, TokenMint } from '../tokens/issuer.js';
import { claimsOfScope } from '../tokens/user-claims.js';
import type { TrustedRequest } from './authorization-request.js';
import { invalidTarget } from './resource.js';
import type { ResponseType } from './response-type.js';
import type { Signer } from './signer.js';

/** What the answer holds beside a code, and what must be kept of it. */
export interface FrontChannel {
  readonly parameters: Record<string, string | undefined>;
  /** The grant of the access token, if there is one. */
  readonly grantId: string | null;
  store(tx: Writer): Promise<void>;
}

interface Decided {
  readonly type: ResponseType;
  readonly scope: string;
  readonly claims: ClaimsRequest;
  /** The code of the same answer. */
  readonly code: string | null;
}

/** Makes the tokens that the response type asks for; none for `code`. */
export async function frontChannel(
  mint: TokenMint,
  request: TrustedRequest,
  signer: Signer,
  { type, scope, claims, code }: Decided,
): Promise<FrontChannel> {
  if (!type.token && !type.idToken) return { parameters: {}, grantId: null, store: async () => undefined };
  const { context, app, client, parameters, targets } = request;
  const [target] = targets;
  if (!target) throw invalidTarget('a token is for one resource: name it');
  const recipient: Recipient = { context, app, clientId: client.id, jkt: null };
  const { subject, authTime, sessionId, amr } = signer;
  const nonce = parameters.get('nonce') ?? null;
  const grantId = type.token ? newId() : null;
  const entitlement: Entitlement = {
    subject,
    scope,
    target,
    authTime,
    grantId,
    sessionId,
    nonce,
    amr,
    claims,
  };
  const facts = mint.factsOf(recipient, entitlement);
  const minted = type.token ? await mint.accessToken(recipient, entitlement, facts) : null;
  const accessToken = minted ? await minted.token : null;
  // Where no token opens the userinfo endpoint, the ID token tells what it would have told.
  const told = type.token || type.code ? claims.idToken : [...claimsOfScope(scope), ...claims.idToken];
  const idToken = type.idToken
    ? await mint.idToken(recipient, entitlement, facts, { accessToken, code, claims: told })
    : undefined;
  return {
    parameters: {
      ...(accessToken !== null && accessTokenParameters(accessToken, facts, app.lifetimes.access)),
      id_token: idToken,
    },
    grantId,
    async store(tx) {
      if (minted === null || grantId === null) return;
      await tx.grants.insert(grantOf(request, signer, entitlement, grantId, facts));
      await minted.store?.(tx);
    },
  };
}

/** @see RFC 6749 section 4.2.2 */
function accessTokenParameters(token: string, { scope }: AccessTokenFacts, lifetime: number) {
  return { access_token: token, token_type: 'Bearer', expires_in: String(lifetime), scope };
}

function grantOf(
  { app, client, parameters }: TrustedRequest,
  { subject, sessionId, authTime, amr, source }: Signer,
  { scope, claims }: Entitlement,
  id: string,
  { issuedAt: createdAt, expiresAt }: AccessTokenFacts,
): Grant {
  const key = { tenantId: app.tenantId, id, appId: app.id, clientId: client.id, userId: subject.user.id };
  const proof = { sessionId, authTime, amr: amr.join(' '), source };
  const asked = {
    scope,
    claims: storedClaims(claims),
    resource: parameters.get('resource') ?? null,
    jkt: null,
  };
  return { createdAt, expiresAt, revokedAt: null, ...key, ...proof, ...asked };
}
