/** Whether an access token came the way it must: a bound one with a proof of its key, any other as a bearer. */
import { OAuthError } from './errors.js';
import type { Dpop, ProvedRequest } from './oauth/dpop.js';
import type { RequestContext } from './request-context.js';

/** A token, and how it was presented. */
export interface PresentedToken {
  readonly token: string;
  readonly scheme: 'Bearer' | 'DPoP';
  /** The request with its proof, for the scheme DPoP. */
  readonly request: ProvedRequest | undefined;
}

/**
 * Throws `invalid_token` for a bound token that came as a bearer, or an unbound one under the scheme DPoP; what the
 * proof itself is refused for, otherwise. @see RFC 9449 sections 7.1 and 7.2
 */
export async function requirePossession(
  dpop: Pick<Dpop, 'check'>,
  context: RequestContext,
  { token, scheme, request }: PresentedToken,
  boundTo: string | null,
): Promise<void> {
  if (scheme === 'Bearer') {
    if (boundTo !== null) throw invalidToken('the token is bound to a key, and came as a bearer');
    return;
  }
  if (boundTo === null) throw invalidToken('the token is bound to no key, and came under the scheme DPoP');
  if (request?.proof === undefined) throw invalidToken('the token came without a DPoP proof');
  const key = await dpop.check(context, request, token);
  if (key !== boundTo) throw invalidToken('the token is bound to another key');
}

function invalidToken(detail: string): OAuthError {
  return new OAuthError('invalid_token', 'the access token is not valid', detail);
}
