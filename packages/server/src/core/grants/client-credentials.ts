import type { Clock } from '../../kit/clock.js';
import { OAuthError } from '../errors.js';
import type { Resources } from '../oauth/resource.js';
import { requestedScope } from '../oauth/scope.js';
import { NO_CLAIMS } from '../tokens/claims-request.js';
import type { TokenGrant } from './grant.js';

/** A confidential client acting for itself: no session, no refresh token. @see RFC 6749 section 4.4 */
export function createClientCredentialsGrant(deps: { clock: Clock; resources: Resources }): TokenGrant {
  const { clock, resources } = deps;
  return {
    grantType: 'client_credentials',
    confidentialOnly: true,
    repeatable: true,
    deniedAs: 'unauthorized_client',
    isAllowed: (app) => app.authMethods.has('clientCreds'),
    async authorize({ context, app, client, parameters }) {
      if (!client.user) throw new OAuthError('invalid_client', 'client authentication failed');
      const resource = parameters.get('resource');
      const target = await resources.chosen(context, app, resource ?? null, resource);
      return {
        subject: client.user,
        scope: requestedScope(target.app, parameters.get('scope')),
        target,
        authTime: clock.now(),
        grantId: null,
        sessionId: null,
        nonce: null,
        amr: [],
        claims: NO_CLAIMS,
        settle: async () => ({ outcome: 'spent', refreshToken: null }),
      };
    },
  };
}
