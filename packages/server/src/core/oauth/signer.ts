/** Who stands behind an authorization request: a signed-in person, or, under rule 15's exception, a client itself. */
import type { OAuthError } from '../errors.js';
import type { Principal, SessionPrincipal, TokenPrincipal } from '../principal.js';
import { NotByRedirect, type TrustedRequest } from './authorization-request.js';

/** A client that presents its own token of this very app, for an ID token about itself. */
export interface ClientItself extends Pick<TokenPrincipal, 'subject' | 'authTime'> {
  readonly kind: 'client';
  readonly sessionId: null;
  readonly amr: readonly string[];
  readonly source: string;
}

export type Signer = SessionPrincipal | ClientItself;

/**
 * The signer of the request; null when nobody is signed in. An app's access token begets nothing, with the one
 * exception of rule 15: under `admitOldClients`, `response_type=id_token` for a client-credentials token of the app.
 */
export function signerOf(request: TrustedRequest, principal: Principal | null): Signer | null {
  if (principal?.kind !== 'token') return principal;
  const { context, app, parameters } = request;
  const isOwn = principal.grantId === null && principal.app.id === app.id;
  const asksIdToken = parameters.get('response_type') === 'id_token';
  if (!isOwn || !asksIdToken) throw appTokenBegetsNothing();
  if (!app.settings.generalUsage.admitOldClients)
    throw appTokenBegetsNothing(
      'an ID token for an access token needs the setting admitOldClients of the app',
    );
  const { subject, authTime } = principal;
  return { kind: 'client', subject, authTime, sessionId: null, amr: ['UP'], source: context.source };
}

/** Rule 15. */
export function appTokenBegetsNothing(message = "an app's access token cannot be used here"): OAuthError {
  return new NotByRedirect('access_denied', message, 'rule 15: the bearer is a token of an app', 403);
}
