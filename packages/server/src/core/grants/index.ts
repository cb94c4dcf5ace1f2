import type { Clock } from '../../kit/clock.js';
import type { Vault } from '../../kit/vault.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import type { Credentials } from '../login/credentials.js';
import type { Policy } from '../login/policy.js';
import type { Resources } from '../oauth/resource.js';
import type { Store } from '../ports.js';
import type { TokenVerifier } from '../tokens/verify.js';
import { createAuthorizationCodeGrant } from './authorization-code.js';
import { createClientCredentialsGrant } from './client-credentials.js';
import { createDeviceCodeGrant } from './device-code.js';
import type { TokenGrant } from './grant.js';
import { createPasswordGrant } from './password.js';
import { createRefreshTokenGrant } from './refresh-token.js';
import { createTokenExchangeGrant } from './token-exchange.js';

/** Every grant type this server serves: the token endpoint and discovery read this list. */
export function createGrants(deps: {
  store: Store;
  directory: Directory;
  credentials: Credentials;
  policy: Policy;
  resources: Resources;
  tokens: TokenVerifier;
  clock: Clock;
  vault: Vault;
}): readonly TokenGrant[] {
  const { read } = deps.store;
  return [
    createAuthorizationCodeGrant({ ...deps, read }),
    createRefreshTokenGrant({ ...deps, read }),
    createClientCredentialsGrant(deps),
    createPasswordGrant(deps),
    createDeviceCodeGrant(deps),
    createTokenExchangeGrant(deps),
  ];
}

/** Grant types that the app allows to a client with no user of its own in the directory. @see RFC 7591 section 2 */
export function registrableGrants(grants: readonly TokenGrant[], app: RunningApp): string[] {
  const open = grants.filter((grant) => !grant.confidentialOnly && grant.grantType !== 'password');
  const allowed: string[] = open.filter((grant) => grant.isAllowed(app)).map((grant) => grant.grantType);
  return app.authMethods.has('implicit') ? [...allowed, 'implicit'] : allowed;
}
