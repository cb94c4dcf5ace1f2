import { describe, expect, it } from 'vitest';
import {
  appEndpoints,
  authorizationCodeGrant,
  calculateCodeChallenge,
  generateCodeVerifier,
  InvalidArgumentError,
  OAuthResponseError,
  type PendingAuthorization,
  startAuthorization,
  validateAuthorizationResponse,
} from '../src/index.js';
import { wireServer } from './support/wire-server.js';

const SERVER = appEndpoints('https://id.example.com', 'myapp');
const CLIENT = { clientId: 'ada@acme.test', clientSecret: 'hunter22' };
const REDIRECT = 'http://127.0.0.1:49152/callback';

const start = (scope = 'all') => startAuthorization(SERVER, CLIENT, { redirectUri: REDIRECT, scope });

function callback(pending: PendingAuthorization, change: Record<string, string | null> = {}): URL {
  const url = new URL(REDIRECT);
  const parameters = { code: 'c0de', state: pending.state, iss: SERVER.issuer, ...change };
  for (const [name, value] of Object.entries(parameters))
    if (value !== null) url.searchParams.set(name, value);
  return url;
}

describe('PKCE (RFC 7636)', () => {
  it('computes the challenge of appendix B', async () => {
    const challenge = await calculateCodeChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk');
    expect(challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });

  it('makes verifiers of 43 unreserved characters, each time another', () => {
    const verifiers = Array.from({ length: 100 }, generateCodeVerifier);
    for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(new Set(verifiers).size).toBe(100);
  });
});

describe('the authorization request (RFC 6749 section 4.1.1)', () => {
  it('carries client, redirect, scope, state and the S256 challenge, and nothing secret', async () => {
    const pending = await start('all openid');
    const url = new URL(pending.url);
    expect(url.origin + url.pathname).toBe('https://id.example.com/oauth2/authorize/myapp');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'ada@acme.test',
      redirect_uri: REDIRECT,
      scope: 'all openid',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await calculateCodeChallenge(pending.codeVerifier),
      code_challenge_method: 'S256',
    });
    expect(pending.url).not.toContain('hunter22');
    expect(pending.url).not.toContain(pending.codeVerifier);
  });

  it('has a nonce only with openid, and its own state each time', async () => {
    const [one, two] = [await start(), await start()];
    expect(one.nonce).toBeNull();
    expect(one.url).not.toContain('nonce=');
    expect(one.state).not.toBe(two.state);
  });
});

describe('the authorization response', () => {
  it('yields the code when state and issuer are right', async () => {
    const pending = await start();
    expect(validateAuthorizationResponse(SERVER, pending, callback(pending))).toEqual({ code: 'c0de' });
  });

  it.each([
    ['state', 'differs (RFC 6749 section 10.12)', { state: 'other' }],
    ['state', 'is missing', { state: null }],
    ['iss', 'differs (RFC 9207 section 2.4)', { iss: 'https://evil.example.com/myapp/' }],
    ['state', 'differs, even when it is an error', { state: 'other', code: null, error: 'access_denied' }],
    ['code', 'is missing', { code: null }],
  ])('is refused when %s %s', async (parameter, _, change) => {
    const pending = await start();
    const validate = () => validateAuthorizationResponse(SERVER, pending, callback(pending, change));
    expect(validate).toThrow(expect.objectContaining({ code: 'authorization_response', parameter }));
  });

  it('is refused without iss when the server promises one (RFC 9207 section 2.4), else taken', async () => {
    const pending = await start();
    const url = callback(pending, { iss: null });
    const promising = { ...SERVER, authorization_response_iss_parameter_supported: true };
    expect(() => validateAuthorizationResponse(promising, pending, url)).toThrow(/iss/);
    expect(validateAuthorizationResponse(SERVER, pending, url)).toEqual({ code: 'c0de' });
  });

  it('is refused when a parameter is repeated (RFC 6749 section 3.1)', async () => {
    const pending = await start();
    const url = callback(pending);
    url.searchParams.append('code', 'another');
    expect(() => validateAuthorizationResponse(SERVER, pending, url)).toThrow(/repeats code/);
  });

  it('passes on the refusal of server or user', async () => {
    const pending = await start();
    const url = callback(pending, { code: null, error: 'access_denied', error_description: 'no role' });
    expect(() => validateAuthorizationResponse(SERVER, pending, url)).toThrow(
      new OAuthResponseError('access_denied', 'no role', null),
    );
  });
});

describe('the exchange (RFC 6749 section 4.1.3)', () => {
  async function exchangeWith(
    scope: string,
    tokenFor: (pending: PendingAuthorization, issuer: string) => object,
  ) {
    let pending: PendingAuthorization | undefined;
    const wire = await wireServer(() => ({
      body: { access_token: 'at', token_type: 'Bearer', ...(pending && tokenFor(pending, server.issuer)) },
    }));
    const server = appEndpoints(wire.endpoint, 'myapp');
    pending = await startAuthorization(server, { clientId: 'pub' }, { redirectUri: REDIRECT, scope });
    const response = validateAuthorizationResponse(
      server,
      pending,
      callback(pending, { iss: server.issuer }),
    );
    const token = authorizationCodeGrant(server, { clientId: 'pub' }, pending, response);
    return { wire, pending, token };
  }

  const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

  it('sends the code with the same redirect URI and the verifier', async () => {
    const { wire, pending, token } = await exchangeWith('all', () => ({}));
    expect(await token).toEqual({ access_token: 'at', token_type: 'Bearer' });
    expect(wire.last().body).toBe(
      'grant_type=authorization_code&code=c0de&redirect_uri=http%3A%2F%2F127.0.0.1%3A49152%2Fcallback' +
        `&code_verifier=${pending.codeVerifier}&client_id=pub`,
    );
  });

  it('refuses a response that was not validated', async () => {
    const pending = await start();
    const grant = authorizationCodeGrant(SERVER, CLIENT, pending, { code: 'c0de' });
    await expect(grant).rejects.toThrow(InvalidArgumentError);
  });

  it('takes an ID token that names issuer, client, time and nonce', async () => {
    const { token } = await exchangeWith('openid', ({ nonce }, iss) => ({
      id_token: jwt({ iss, aud: 'pub', exp: Date.now() / 1000 + 60, nonce }),
    }));
    expect((await token).id_token).toMatch(/^e30\./);
  });

  it.each([
    ['iss', { iss: 'https://evil.example.com/' }],
    ['aud', { aud: 'another' }],
    ['azp', { aud: ['pub', 'another'] }],
    ['exp', { exp: 1 }],
    ['nonce', { nonce: 'another' }],
  ])('refuses an ID token whose %s is not as expected (OIDC Core 3.1.3.7)', async (claim, change) => {
    const { token } = await exchangeWith('openid', ({ nonce }, iss) => ({
      id_token: jwt({ iss, aud: 'pub', exp: Date.now() / 1000 + 60, nonce, ...change }),
    }));
    await expect(token).rejects.toThrow(`the ID token's ${claim} is not as expected`);
  });

  it('refuses an ID token that is no JWT', async () => {
    const { token } = await exchangeWith('openid', () => ({ id_token: 'garbage' }));
    await expect(token).rejects.toThrow('the ID token is no JWT');
  });
});
