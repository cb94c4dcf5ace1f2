import type { Clock } from '../../kit/clock.js';
import { newId } from '../../kit/random.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { Credentials } from '../login/credentials.js';
import { mustChangePassword } from '../login/password-life.js';
import type { Policy } from '../login/policy.js';
import { required } from '../oauth/parameters.js';
import type { Resources } from '../oauth/resource.js';
import { requestedScope } from '../oauth/scope.js';
import { NO_CLAIMS } from '../tokens/claims-request.js';
import { newGrant, openFamily } from '../tokens/refresh-token.js';
import { mayRefresh, type TokenGrant } from './grant.js';

interface PasswordDeps {
  policy: Pick<Policy, 'suffices'>;
  credentials: Pick<Credentials, 'check'>;
  directory: Pick<Directory, 'catchUp' | 'subject'>;
  clock: Clock;
  resources: Resources;
}

/**
 * The vendor's *Resource Owner* method: a user's name and password for tokens. A confidential client cannot be that
 * user, and where the password alone would not sign the user in, it yields no token either.
 * @see RFC 6749 section 4.3
 */
export function createPasswordGrant(deps: PasswordDeps): TokenGrant {
  const { policy, credentials, directory, clock, resources } = deps;
  return {
    grantType: 'password',
    confidentialOnly: false,
    deniedAs: 'invalid_grant',
    isAllowed: (app) => app.authMethods.has('resourceOwner'),
    async authorize({ context, app, client, parameters, jkt }) {
      const { tenant } = context;
      const loginName = required(parameters, 'username');
      const secret = required(parameters, 'password');
      const resource = parameters.get('resource') ?? null;
      const target = await resources.chosen(context, app, resource, parameters.get('resource'));
      const scope = requestedScope(target.app, parameters.get('scope'));
      const now = clock.now();
      const verdict = await credentials.check(context, { loginName, secret, as: 'person' });
      if (!verdict.ok) throw new WrongPassword(verdict.detail);
      // Checking a password takes a while: what was enrolled, taken or replaced meanwhile counts.
      await directory.catchUp();
      const subject = await directory.subject(tenant.id, verdict.subject.user.id);
      if (!subject || subject.user.validAfter > now)
        throw new WrongPassword('its user is gone, or the password was replaced meanwhile');
      context.trace?.passed('password', subject.user.loginName);
      if (mustChangePassword(subject.user, tenant, now))
        throw new WrongPassword('the user must change the password first');
      const proof = { amr: ['UP'], source: context.source };
      if (!(await policy.suffices(tenant, subject, app.id, proof)))
        throw new WrongPassword('the authentication profile asks for more than a password');

      const facts = { tenantId: tenant.id, id: newId(), appId: app.id, clientId: client.id, scope };
      const owner = { userId: subject.user.id, sessionId: null, authTime: now, amr: 'UP', claims: null };
      const grant = newGrant(
        { resource, jkt, source: proof.source, ...facts, ...owner },
        now,
        app.lifetimes.refresh,
      );
      return {
        subject,
        scope,
        target,
        authTime: now,
        grantId: grant.id,
        sessionId: null,
        nonce: null,
        amr: ['UP'],
        claims: NO_CLAIMS,
        async settle(tx) {
          const refreshToken = await openFamily(tx, grant, mayRefresh(app, client));
          return { outcome: 'spent', refreshToken };
        },
      };
    },
  };
}

/** Also where the password is right and does not suffice: the answer must not tell. */
export class WrongPassword extends OAuthError {
  constructor(detail: string) {
    super('invalid_grant', 'user name or password is wrong', detail);
  }
}
