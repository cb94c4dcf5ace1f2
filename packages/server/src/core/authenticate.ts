/** Who a request comes from: cookie, session handle or access token, in one place. */
import type { OAuthErrorCode } from '@sallyport/contract';
import { OAuthError } from './errors.js';
import type { PlatformTokens } from './login/platform-tokens.js';
import type { Sessions } from './login/sessions.js';
import type { Dpop, ProvedRequest } from './oauth/dpop.js';
import { type PresentedToken, requirePossession } from './possession.js';
import type { Principal } from './principal.js';
import type { RequestContext } from './request-context.js';
import type { TokenVerifier } from './tokens/verify.js';

export interface PresentedCredentials {
  /** Value of the `Authorization` header, if any. */
  authorization?: string | undefined;
  /** Value of the `.ASPXAUTH` cookie, if any. */
  cookie?: string | undefined;
  /** The request with its DPoP proof: without it no bound token is taken. */
  proved?: ProvedRequest | undefined;
}

/** `detail` says why, for the operator; `error` is what a DPoP proof was refused for. */
export interface NoPrincipal {
  principal: null;
  detail: string;
  error?: OAuthErrorCode;
}

/** Null: nobody, or nobody who may be let in. A bearer wins over a cookie. */
export type Authenticate = (
  context: RequestContext,
  presented: PresentedCredentials,
) => Promise<{ principal: Principal } | NoPrincipal>;

/** One or more spaces and a token68, nothing else: a lenient reader is a second opinion. @see RFC 6750 section 2.1 */
const TOKEN = /^(Bearer|DPoP) +([A-Za-z0-9._~+/-]+=*)$/i;

/** Whether the header means to present a token. */
export function presentsToken(authorization: string | undefined): authorization is string {
  return /^(bearer|dpop)/i.test(authorization ?? '');
}

/** The token of a well-formed header of either scheme; null for any other header. */
export function presentedToken(
  authorization: string | undefined,
  request: ProvedRequest | undefined,
): PresentedToken | null {
  const [, scheme, token] = TOKEN.exec(authorization ?? '') ?? [];
  if (scheme === undefined || token === undefined) return null;
  return { token, scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', request };
}

export function createAuthenticate(deps: {
  sessions: Pick<Sessions, 'byCookie' | 'byHandle'>;
  tokens: TokenVerifier;
  platformTokens: Pick<PlatformTokens, 'verify'>;
  dpop: Dpop;
}): Authenticate {
  const { sessions, tokens, platformTokens, dpop } = deps;

  /** An access token, or either handle of a session: the vendor's clients present the cookie's value too. */
  async function byToken(context: RequestContext, presented: PresentedToken): ReturnType<Authenticate> {
    const { token, scheme } = presented;
    let detail = 'the bearer is no token of this server';
    const principal = await tokens.verify(context, token, (reason) => {
      detail = reason;
    });
    if (principal) return (await refusalOf(context, presented, principal.jkt)) ?? { principal };
    if (scheme === 'DPoP') return { principal: null, detail };
    if (token.includes('.')) {
      const platform = await platformTokens.verify(context, token);
      // No other JWT stands for a session, and its own refusal is the exact one.
      return platform ? { principal: platform } : { principal: null, detail };
    }
    const session = (await sessions.byHandle(context, token)) ?? (await sessions.byCookie(context, token));
    return session ? { principal: { ...session, byCookie: false } } : { principal: null, detail };
  }

  async function refusalOf(
    context: RequestContext,
    presented: PresentedToken,
    jkt: string | null,
  ): Promise<NoPrincipal | null> {
    try {
      await requirePossession(dpop, context, presented, jkt);
      return null;
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return { principal: null, detail: error.detail, error: error.error };
    }
  }

  return async (context, { authorization, cookie, proved }) => {
    if (presentsToken(authorization)) {
      const presented = presentedToken(authorization, proved);
      if (presented === null) return { principal: null, detail: 'a malformed Authorization header' };
      return byToken(context, presented);
    }
    if (cookie === undefined || cookie === '')
      return { principal: null, detail: 'neither a bearer nor a session cookie' };
    const session = await sessions.byCookie(context, cookie);
    if (session) return { principal: session };
    return {
      principal: null,
      detail: 'the session is unknown, expired, or of a user who may not be signed in',
    };
  };
}
