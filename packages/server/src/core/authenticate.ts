/** Who a request comes from: cookie, session handle or access token, in one place. */
import type { PlatformTokens } from './login/platform-tokens.js';
import type { Sessions } from './login/sessions.js';
import type { Principal } from './principal.js';
import type { RequestContext } from './request-context.js';
import type { TokenVerifier } from './tokens/verify.js';

export interface PresentedCredentials {
  /** Value of the `Authorization` header, if any. */
  authorization?: string | undefined;
  /** Value of the `.ASPXAUTH` cookie, if any. */
  cookie?: string | undefined;
}

/** Null: nobody, or nobody who may be let in; `detail` says why, for the operator. A bearer wins over a cookie. */
export type Authenticate = (
  context: RequestContext,
  presented: PresentedCredentials,
) => Promise<{ principal: Principal } | { principal: null; detail: string }>;

/** One or more spaces and a token68, nothing else: a lenient reader is a second opinion. @see RFC 6750 section 2.1 */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** The token of a well-formed Bearer header; null for any other header. */
export function bearerToken(authorization: string | undefined): string | null {
  return BEARER.exec(authorization ?? '')?.[1] ?? null;
}

export function createAuthenticate(deps: {
  sessions: Pick<Sessions, 'byCookie' | 'byHandle'>;
  tokens: TokenVerifier;
  platformTokens: Pick<PlatformTokens, 'verify'>;
}): Authenticate {
  const { sessions, tokens, platformTokens } = deps;

  /** An access token, or either handle of a session: the vendor's clients present the cookie's value too. */
  async function byBearer(context: RequestContext, token: string): ReturnType<Authenticate> {
    let detail = 'the bearer is no token of this server';
    const principal = await tokens.verify(context, token, (reason) => {
      detail = reason;
    });
    if (principal) return { principal };
    if (token.includes('.')) {
      const platform = await platformTokens.verify(context, token);
      // No other JWT stands for a session, and its own refusal is the exact one.
      return platform ? { principal: platform } : { principal: null, detail };
    }
    const session = (await sessions.byHandle(context, token)) ?? (await sessions.byCookie(context, token));
    return session ? { principal: { ...session, byCookie: false } } : { principal: null, detail };
  }

  return async (context, { authorization, cookie }) => {
    if (authorization !== undefined && /^bearer/i.test(authorization)) {
      const token = bearerToken(authorization);
      if (token === null) return { principal: null, detail: 'a malformed Bearer header' };
      return byBearer(context, token);
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
