import type { Clock } from '../../kit/clock.js';
import { OAuthError } from '../errors.js';
import { requestedScope } from '../oauth/scope.js';
import { NO_CLAIMS } from '../tokens/claims-request.js';
import type { TokenGrant } from './grant.js';

/** A confidential client acting for itself: no session, no refresh token. @see RFC 6749 section 4.4 */
export function createClientCredentialsGrant({ clock }: { clock: Clock }): TokenGrant {
  return {
    grantType: 'client_credentials',
    confidentialOnly: true,
    deniedAs: 'unauthorized_client',
    isAllowed: (app) => app.authMethods.has('clientCreds'),
    async authorize({ app, client, parameters }) {
      if (!client.user) throw new OAuthError('invalid_client', 'client authentication failed');
      return {
        subject: client.user,
        scope: requestedScope(app, parameters.get('scope')),
        authTime: clock.now(),
        grantId: null,
        sessionId: null,
        nonce: null,
        claims: NO_CLAIMS,
        settle: async () => ({ outcome: 'spent', refreshToken: null }),
      };
    },
  };
}
