// The walkthrough as a program: a person signs in and lets a client act for her, the client calls what its scope
// opens and is refused what it does not, renews its token, and signs out; then a program gets a token for itself.
//
//   node examples/walkthrough/walkthrough.mjs http://localhost:8420
//
// README.md beside it says what to start and to apply first.
import assert from 'node:assert/strict';
import {
  authorizationCodeGrant,
  call,
  clientCredentialsGrant,
  discover,
  introspect,
  isSallyportError,
  refreshTokenGrant,
  startAuthorization,
  validateAuthorizationResponse,
} from '@sallyport/client';
import { createScriptedBrowser } from './scripted-browser.mjs';
import { totp } from './totp.mjs';

const endpoint = process.argv[2] ?? 'http://localhost:8420';
const { ADA_PASSWORD, ADA_TOTP_SECRET, REPORTS_SECRET } = process.env;

await peopleSignIn();
await programsActForThemselves();

/** Authorization code with PKCE: the app `myapplication`. */
async function peopleSignIn() {
  const server = await discover(endpoint, 'myapplication');
  const client = { clientId: 'walkthrough' };

  // 1. The client sends the browser to the authorize endpoint, with a fresh state and PKCE challenge.
  const redirectUri = `${endpoint}/sysinfo/dummy`;
  const pending = await startAuthorization(server, client, { redirectUri, scope: 'whoami' });

  // 2. Ada signs in with password and authenticator code, and allows the client what it asks for.
  const browser = createScriptedBrowser();
  const pages = [];
  let page = await browser.open(pending.url);
  while (!page.url.startsWith(redirectUri)) {
    assert.ok(page.hasForm, `nothing to fill in at ${page.url}`);
    pages.push(page.asks);
    const answers = { username: 'ada@acme.test', password: ADA_PASSWORD, answer: totp(ADA_TOTP_SECRET) };
    page = await browser.submit(page, answers, 'allow');
  }
  console.log(`1. Ada was asked for: ${pages.join(', then ')}`);

  // 3. The browser is back with a code, which the client exchanges.
  const response = validateAuthorizationResponse(server, pending, new URL(page.url));
  const first = await authorizationCodeGrant(server, client, pending, response);
  console.log(`2. The code gave a token for "${first.scope}", good for ${first.expires_in} s`);

  // 4. The token opens what the scope's REST Regex matches, and nothing else.
  const whoami = await call(endpoint, {
    method: 'POST',
    path: '/security/whoami',
    bearerToken: first.access_token,
  });
  console.log(`3. /security/whoami: ${whoami.result.User}`);
  assert.equal(whoami.result.User, 'ada@acme.test');
  const denied = await refusal({ method: 'GET', path: '/api/v1/users', bearerToken: first.access_token });
  assert.equal(denied.status, 403);
  console.log(`4. /api/v1/users: 403, ${denied.message}`);

  // 5. The refresh token renews it without Ada, and is itself replaced.
  const second = await refreshTokenGrant(server, client, { refreshToken: first.refresh_token });
  assert.notEqual(second.access_token, first.access_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  console.log('5. The refresh token gave another token, and its own successor');

  // 6. Signing out ends the token and everything that came of the same consent.
  await call(endpoint, { method: 'POST', path: '/security/logout', bearerToken: second.access_token });
  const gone = await refusal({ method: 'POST', path: '/security/whoami', bearerToken: second.access_token });
  assert.equal(gone.status, 401);
  await assert.rejects(refreshTokenGrant(server, client, { refreshToken: second.refresh_token }), {
    error: 'invalid_grant',
  });
  console.log('6. After signing out: 401, and no refresh any more');
}

/** Client credentials: the app `reports`, whose tokens are opaque. */
async function programsActForThemselves() {
  const server = await discover(endpoint, 'reports');
  const client = { clientId: 'reports@acme.test', clientSecret: REPORTS_SECRET };
  const { access_token: bearerToken } = await clientCredentialsGrant(server, client);
  const { result } = await call(endpoint, { method: 'POST', path: '/security/whoami', bearerToken });
  console.log(`7. With its own secret: ${result.User}`);
  assert.equal(result.User, 'reports@acme.test');
  const { active, scope } = await introspect(server, client, bearerToken);
  assert.ok(active);
  console.log(`8. Introspection: active, for "${scope}"`);
}

/** The refusal of a call that must not succeed. */
async function refusal(request) {
  try {
    await call(endpoint, request);
  } catch (error) {
    if (isSallyportError(error)) return error;
    throw error;
  }
  throw new Error(`${request.path} was not refused`);
}
