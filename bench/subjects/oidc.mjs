/** The peer, oidc-provider, over one of its stores. */
import { fileURLToPath } from 'node:url';
import { CLIENT, cookiesOf, REDIRECT_URI, signInAll } from './credentials.mjs';

const program = fileURLToPath(new URL('../servers/oidc.mjs', import.meta.url));

/** An authorization request that needs a sign-in takes four. */
const MOST_HOPS = 10;

/** @param {'memory' | 'normal' | 'full'} store */
export const oidc = (store) => ({
  command: (folder) => ({ args: [program, store, folder] }),
  ready: '/jwks',
  async target(url) {
    const code = {
      authorize: '/auth',
      token: '/token',
      client: CLIENT,
      redirectUri: REDIRECT_URI,
      scope: 'openid offline_access all',
    };
    const opaqueClient = { ...CLIENT, id: 'opaque@bench.test' };
    return {
      url,
      keys: '/jwks',
      discovery: '/.well-known/openid-configuration',
      jwt: { token: '/token', client: CLIENT, fields: { scope: 'all' } },
      opaque: {
        token: '/token',
        introspect: '/token/introspection',
        client: opaqueClient,
        fields: { scope: 'all' },
      },
      code,
      cookies: await signInAll(() => signIn(url, code)),
    };
  },
});

/** Follows the redirects of an authorization request through the sign-in, and answers the session's cookies. */
async function signIn(url, { authorize, client, redirectUri, scope }) {
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    scope,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const jar = new Map();
  let next = new URL(`${authorize}?${query}`, url);
  for (let hop = 0; !next.href.startsWith(redirectUri); hop++) {
    if (hop === MOST_HOPS) throw new Error(`oidc-provider goes round in circles: ${next}`);
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(next, { redirect: 'manual', headers: { cookie } });
    for (const pair of cookiesOf(response)) jar.set(pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1));
    const location = response.headers.get('location');
    if (!location) throw new Error(`oidc-provider: ${response.status} ${await response.text()}`);
    next = new URL(location, next);
  }
  if (!next.searchParams.has('code')) throw new Error(`oidc-provider: ${next}`);
  return ['_session', '_session.sig'].map((name) => `${name}=${jar.get(name)}`).join('; ');
}
