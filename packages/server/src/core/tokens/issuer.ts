/**
 * From an authorization to tokens: the app's format makes the access token, an ID token and a refresh token go with
 * it where they belong. Spends and stores in one transaction while it signs, and answers once both are done; what was
 * presented a second time revokes what it gave the first time.
 */
import type { TokenResponse } from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import type { RunningApp } from '../app-runtime.js';
import type { Audit } from '../audit.js';
import type { Directory } from '../directory.js';
import { OAuthError, Unavailable } from '../errors.js';
import type { Authorization, Entitlement, Settlement } from '../grants/grant.js';
import type { Store } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import type { Urls } from '../urls.js';
import type { AccessTokenFacts, MintedToken, TokenFormat, TokenType } from './format.js';
import { createIdToken } from './id-token.js';
import { createTokenFormats } from './index.js';
import type { Keys } from './keys.js';
import { revokeFamily } from './revocation.js';
import type { Subjects } from './subjects.js';

/** For whom tokens are made. */
export interface Recipient {
  readonly context: RequestContext;
  readonly app: RunningApp;
  readonly clientId: string;
  /** Thumbprint of the key that the request proved; null for bearer tokens. */
  readonly jkt: string | null;
}

export interface Issuing extends Recipient {
  readonly grantType: string;
  readonly authorization: Authorization;
}

/** Tokens that are made, and kept nowhere yet. */
export interface TokenMint {
  /** What an access token of this authorization says. */
  factsOf(recipient: Recipient, authorization: Entitlement): AccessTokenFacts;
  accessToken(
    recipient: Recipient,
    authorization: Entitlement,
    facts: AccessTokenFacts,
  ): Promise<MintedToken>;
  /** `beside`: what comes in the same answer; `claims`: names of claims about the user. */
  idToken(
    recipient: Recipient,
    authorization: Entitlement,
    facts: AccessTokenFacts,
    beside: { accessToken: string | null; code: string | null; claims: readonly string[] },
  ): Promise<string>;
}

interface MintDeps {
  store: Pick<Store, 'read'>;
  clock: Clock;
  keys: Keys;
  urls: Urls;
  subjects: Subjects;
}

export function createTokenMint(deps: MintDeps): TokenMint {
  const formats = createTokenFormats({ ...deps, read: deps.store.read });
  return {
    factsOf({ app, clientId, jkt }, entitlement) {
      const { subject, scope, authTime, grantId, sessionId, target } = entitlement;
      const issuedAt = deps.clock.now();
      const { act = null, notAfter = Number.POSITIVE_INFINITY } = entitlement;
      const expiresAt = Math.min(issuedAt + app.lifetimes.access * 1000, notAfter);
      const userId = subject.user.id;
      const origin = { appId: app.id, clientId, userId, grantId, sessionId };
      return { scope, audience: target.audience, jkt, act, authTime, issuedAt, expiresAt, ...origin };
    },
    async accessToken({ context: { tenant }, app, clientId }, { subject, target }, facts) {
      // What a JWT says of the user can be read by the client.
      const isPairwise = await deps.subjects.isPairwise(app, clientId);
      const type = isPairwise ? 'opaque' : app.settings.tokens.type;
      return formatOf(type, formats).mint({ facts, tenant, app, subject, target: target.app });
    },
    async idToken(
      { context: { tenant }, app, clientId },
      { subject, nonce, sessionId, amr, claims },
      access,
      beside,
    ) {
      const sub = await deps.subjects.of(app, clientId, access.userId);
      const signIn = { subject, nonce, sessionId, amr, acr: claims.acr ?? null };
      return await createIdToken(deps, { tenant, app, access, sub, ...signIn, ...beside });
    },
  };
}

export interface TokenIssuer {
  /** Throws `invalid_grant` when what was presented had been spent before. */
  issue(issuing: Issuing): Promise<TokenResponse>;
}

interface IssuerDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  directory: Pick<Directory, 'catchUp'>;
  keys: Pick<Keys, 'requireRoom'>;
  mint: TokenMint;
}

export function createTokenIssuer(deps: IssuerDeps): TokenIssuer {
  const { store, clock, directory, keys, mint } = deps;

  return {
    async issue(issuing) {
      keys.requireRoom();
      const { authorization } = issuing;
      const access = mint.factsOf(issuing, authorization);
      const minted = await mint.accessToken(issuing, authorization, access);
      const signing = signed(issuing, access, minted);
      const [{ accessToken, idToken }, settlement] = await Promise.all([
        signing,
        settle(issuing, minted, signing),
      ]);
      noteIssued(issuing, minted, settlement);
      if (settlement.outcome === 'reused') {
        await directory.catchUp();
        const detail = `${issuing.grantType}: spent before; its grant ${authorization.grantId} is revoked`;
        throw new OAuthError('invalid_grant', 'the grant was used before or is revoked', detail);
      }
      return {
        access_token: accessToken,
        token_type: access.jkt === null ? 'Bearer' : 'DPoP',
        expires_in: Math.floor((access.expiresAt - access.issuedAt) / 1000),
        scope: access.scope,
        ...(authorization.issuedTokenType && { issued_token_type: authorization.issuedTokenType }),
        ...(settlement.refreshToken === null ? {} : { refresh_token: settlement.refreshToken }),
        ...(idToken === null ? {} : { id_token: idToken }),
      };
    },
  };

  async function signed(
    issuing: Issuing,
    access: AccessTokenFacts,
    { token }: MintedToken,
  ): Promise<{ accessToken: string; idToken: string | null }> {
    const accessToken = await token;
    const { grantId, scope, claims } = issuing.authorization;
    if (grantId === null || !scope.split(' ').includes('openid')) return { accessToken, idToken: null };
    const beside = { accessToken, code: null, claims: claims.idToken };
    return { accessToken, idToken: await mint.idToken(issuing, issuing.authorization, access, beside) };
  }

  /** One transaction: spends, stores, leaves the audit line; or revokes the family of what was spent before. */
  async function settle(
    issuing: Issuing,
    minted: MintedToken,
    signing: Promise<unknown>,
  ): Promise<Settlement> {
    const { context, app, authorization, grantType } = issuing;
    const { subject, grantId, scope } = authorization;
    const { id: userId, loginName: userName } = subject.user;
    const facts = { userId, userName, appId: app.id, clientId: issuing.clientId };
    const issued = deps.audit.event(context, 'token.issued', { detail: `${grantType}: ${scope}`, ...facts });
    const reuse = () => {
      const detail = `${grantType}: used twice; grant ${grantId} revoked`;
      return deps.audit.event(context, 'token.reuse', { detail, ...facts });
    };
    const { trace } = context;
    const { settlement, event } = await store.write(async (tx) => {
      const settlement = await authorization.settle(tx);
      // Last, and undoing the rest: a node that stood still wakes to requests which their clients have long repeated
      // elsewhere. Carried out now, they would be taken for reuse and cost the client what it got there.
      if (context.isAbandoned?.()) throw new Unavailable('the client has hung up');
      const event = settlement.outcome === 'spent' ? issued : reuse();
      if (settlement.outcome === 'spent') await minted.store?.(tx);
      else if (grantId !== null) await revokeFamily(tx, app, grantId, clock.now());
      await tx.events.append(event);
      return { settlement, event };
    }, signing);
    trace?.decided(event);
    return settlement;
  }
}

function noteIssued(
  { context: { trace }, app, grantType, authorization: { grantId, scope } }: Issuing,
  { id }: MintedToken,
  { outcome }: Settlement,
): void {
  if (grantId === null) trace?.link('token', id);
  else trace?.link('grant', grantId);
  if (outcome === 'spent') trace?.passed('issued', `${grantType}: ${scope}, ${app.settings.tokens.lifetime}`);
}

function formatOf(wanted: TokenType, formats: readonly TokenFormat[]): TokenFormat {
  const format = formats.find(({ type }) => type === wanted);
  if (!format) throw new Error(`no token format ${wanted}`);
  return format;
}
