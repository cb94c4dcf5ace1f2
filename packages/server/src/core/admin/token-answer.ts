/** What an access token may do, for an administrator who was handed one. */
import type { Endpoint, TokenAnswer } from '@sallyport/contract';
import { scopeNames } from '../oauth/scope.js';
import type { RequestContext } from '../request-context.js';
import type { TokenVerifier } from '../tokens/verify.js';

/** Who it stands for and which of `endpoints` its scopes open, or the exact reason why it is good for nothing. */
export async function answerForToken(
  tokens: Pick<TokenVerifier, 'verify'>,
  endpoints: readonly Endpoint[],
  context: RequestContext,
  token: string,
): Promise<TokenAnswer> {
  let reason = 'it is not an access token of this server';
  const principal = await tokens.verify(context, token.trim(), (detail) => {
    reason = detail;
  });
  if (!principal) return { active: false, reason };
  const { app, clientId, scope, subject, expiresAt } = principal;
  return {
    active: true,
    loginName: subject.user.loginName,
    clientId,
    applicationId: app.applicationId,
    scope: scopeNames(scope),
    expiresAt: new Date(expiresAt).toISOString(),
    // A parameter stands for itself, in braces.
    opens: endpoints.filter(({ path }) => app.opens(scope, path.slice(1))),
  };
}
