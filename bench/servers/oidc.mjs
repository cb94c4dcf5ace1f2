/**
 * The peer: oidc-provider with its memory adapter, or with SQLite. Client `service@bench.test` gets RS256 JWTs,
 * client `opaque@bench.test` opaque tokens; whoever comes to sign in is signed in.
 * Usage: oidc.mjs memory|normal|full FOLDER
 */
import { join } from 'node:path';
import Provider from 'oidc-provider';
import { privateJwk } from './jwt.mjs';
import { createSqliteAdapter } from './oidc-adapter.mjs';
import { serve } from './serve.mjs';

const [, , store, folder] = process.argv;
const RESOURCE = 'http://127.0.0.1/api';
const HOUR = 3600;

let provider = null;
let answerAll = null;
const server = await serve((request, response) => {
  if (request.url.startsWith('/interaction/')) signIn(request, response);
  else answerAll(request, response);
});

function client(id, grantTypes) {
  const usesCode = grantTypes.includes('authorization_code');
  return {
    client_id: id,
    client_secret: 'bench client secret',
    grant_types: grantTypes,
    redirect_uris: usesCode ? ['http://127.0.0.1/callback'] : [],
    response_types: usesCode ? ['code'] : [],
  };
}

provider = new Provider(`http://127.0.0.1:${server.address().port}`, {
  ...(store === 'memory' ? {} : { adapter: createSqliteAdapter(join(folder, 'oidc.db'), store) }),
  clients: [
    client('service@bench.test', ['client_credentials', 'authorization_code', 'refresh_token']),
    client('opaque@bench.test', ['client_credentials']),
  ],
  jwks: { keys: [privateJwk] },
  cookies: { keys: ['a key for the benchmark'] },
  scopes: ['openid', 'offline_access', 'all'],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  ttl: {
    AccessToken: HOUR,
    AuthorizationCode: 600,
    ClientCredentials: HOUR,
    IdToken: HOUR,
    RefreshToken: 24 * HOUR,
    Session: 24 * HOUR,
    Grant: 24 * HOUR,
    Interaction: HOUR,
  },
  findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  loadExistingGrant,
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: async (_ctx, { clientId }) => (clientId.startsWith('opaque') ? undefined : RESOURCE),
      useGrantedResource: async () => true,
      getResourceServerInfo: async () => ({
        scope: 'all',
        audience: RESOURCE,
        accessTokenTTL: HOUR,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});

answerAll = provider.callback();

/** Consent is never asked for: a first-party client. */
async function loadExistingGrant({ oidc }) {
  const known = oidc.session.grantIdFor(oidc.client.clientId);
  if (known) return provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope('openid offline_access all');
  grant.addResourceScope(RESOURCE, 'all');
  await grant.save();
  return grant;
}

async function signIn(request, response) {
  await provider.interactionFinished(request, response, { login: { accountId: 'ada' } });
}
