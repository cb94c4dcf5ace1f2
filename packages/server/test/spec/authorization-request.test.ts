import { expect, test } from 'vitest';
import { ADA, CHALLENGE, describeWorld, EVE, REDIRECT, redirectOf, SVC } from './support/world.js';

type Sent = Record<string, string | undefined>;

const NO_PKCE: Sent = { code_challenge: undefined, code_challenge_method: undefined };

/** Faults that travel to the client: case, what is sent, the error. */
const FAULTS: [string, Sent, string][] = [
  ['P01 a public client without PKCE', NO_PKCE, 'invalid_request'],
  ['P02 method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['P02 method SHA256', { code_challenge_method: 'SHA256' }, 'invalid_request'],
  ['P02 no method', { code_challenge_method: undefined }, 'invalid_request'],
  ['P02 a method without challenge', { code_challenge: undefined }, 'invalid_request'],
  ['P02 a challenge that is no SHA-256', { code_challenge: 'short' }, 'invalid_request'],
  ['P07 response_type missing', { response_type: undefined }, 'invalid_request'],
  ['P07 response_type token', { response_type: 'token' }, 'unsupported_response_type'],
  ['P07 response_type code code', { response_type: 'code code' }, 'unsupported_response_type'],
  ['P07 response_type code token', { response_type: 'code token' }, 'unsupported_response_type'],
  ['P08 an unknown response_mode', { response_mode: 'pigeon' }, 'invalid_request'],
  ['P09 request', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
  ['P09 request_uri', { request_uri: 'http://127.0.0.1:1/sink' }, 'request_uri_not_supported'],
  ['P10 max_age -1', { max_age: '-1' }, 'invalid_request'],
  ['P10 max_age abc', { max_age: 'abc' }, 'invalid_request'],
  ['P10 an unknown scope', { scope: 'all nonsense' }, 'invalid_scope'],
  ['no scope, and the app has no default', { scope: undefined }, 'invalid_scope'],
  ['an unknown prompt', { prompt: 'dance' }, 'invalid_request'],
  ['prompt none with another', { prompt: 'none login' }, 'invalid_request'],
];

describeWorld('authorization requests', (world) => {
  test.each(FAULTS)('%s goes back to the client', async (_, sent, error) => {
    const { cookie } = await world().signIn(ADA);
    const { target, parameters } = redirectOf(await world().authorize(sent, { cookie }));
    expect(target).toBe(REDIRECT);
    expect(parameters.get('error')).toBe(error);
    expect(parameters.get('state')).toBe('a state');
    expect(parameters.get('iss')).toBe(`${world().url}/MyApp/`);
    expect(parameters.has('code')).toBe(false);
  });

  test.each(['code_challenge', 'state', 'scope', 'nonce'])(
    'P06: %s twice is invalid_request',
    async (name) => {
      const query = new URLSearchParams({ client_id: 'cli', redirect_uri: REDIRECT, response_type: 'code' });
      const response = await world().fetch(`/oauth2/authorize/MyApp?${query}&${name}=a&${name}=b`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: 'invalid_request' });
    },
  );

  test('P11: unknown parameters are ignored, and a POST is answered as its GET, by 303', async () => {
    const { cookie } = await world().signIn(ADA);
    const request = {
      response_type: 'code',
      client_id: 'cli',
      redirect_uri: REDIRECT,
      scope: 'all',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      debug: 'true',
      extra: 'x',
    };
    const response = await world().form('/oauth2/authorize/MyApp', request, { cookie });
    expect(response.status).toBe(303);
    expect(redirectOf(response).parameters.has('code')).toBe(true);
  });

  test('P09: the error of request_uri comes without anybody asking for it', async () => {
    const { parameters } = redirectOf(await world().authorize({ request_uri: 'http://127.0.0.1:1/sink' }));
    expect(parameters.get('error')).toBe('request_uri_not_supported');
  });

  test('K03: a right client_secret in the query passes, and is left in no Location', async () => {
    const sent = { client_id: SVC.loginName, client_secret: SVC.password };
    const response = await world().authorize(sent);
    expect(response.headers.get('location')).toMatch(/^\/login\?cloudRedirect=/);
    expect(response.headers.get('location')).not.toContain('p%2540');
    expect(await response.text()).not.toContain('and+more');
  });

  test('K03: a wrong client_secret in the query is invalid_client before anything is parked', async () => {
    const sent = { client_id: SVC.loginName, client_secret: 'wrong' };
    const { target, parameters } = redirectOf(await world().authorize(sent));
    expect(target).toBe(REDIRECT);
    expect(parameters.get('error')).toBe('invalid_client');
    await world().core.credentials.unlock(world().tenant.id, SVC.loginName);
  });

  test('rule 3: a confidential client may leave PKCE out', async () => {
    const { cookie } = await world().signIn(ADA);
    const sent = { client_id: SVC.loginName, ...NO_PKCE };
    expect(redirectOf(await world().authorize(sent, { cookie })).parameters.has('code')).toBe(true);
  });

  test('rule 3: the refusal for want of the switch names it', async () => {
    const { parameters } = redirectOf(await world().authorize(NO_PKCE));
    expect(parameters.get('error_description')).toContain('admitOldClients');
  });

  test('rule 1: a user without a role of the app gets access_denied', async () => {
    const { cookie } = await world().signIn(EVE);
    expect(redirectOf(await world().authorize({}, { cookie })).parameters.get('error')).toBe('access_denied');
  });

  test('rule 7: without scope the app gives its defaults', async () => {
    const definitions = [
      { name: 'all', restRegex: ['.*'] },
      { name: 'whoami', restRegex: ['security/whoami'], default: true },
    ];
    await world().configure({ scope: { definitions } });
    const { cookie } = await world().signIn(ADA);
    const tokens = await world().tokens(cookie, { scope: undefined });
    expect(tokens.scope).toBe('whoami');
  });

  test('rule 7: without scope an app with one definition gives that one', async () => {
    await world().configure({ scope: { definitions: [{ name: 'only', restRegex: ['x'] }] } });
    const { cookie } = await world().signIn(ADA);
    expect((await world().tokens(cookie, { scope: undefined })).scope).toBe('only');
  });

  test('control characters and overlong values are invalid_request, never a 5xx (lesson 35)', async () => {
    const faulty: Record<string, string>[] = [
      { state: 'a\0b' },
      { client_id: 'a\0b' },
      { scope: 'x '.repeat(10_000) },
    ];
    for (const sent of faulty) {
      const body = { response_type: 'code', client_id: 'cli', redirect_uri: REDIRECT, ...sent };
      expect((await world().form('/oauth2/authorize/MyApp', body)).status).toBe(400);
    }
  });
});
