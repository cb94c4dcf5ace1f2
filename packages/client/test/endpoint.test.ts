import { describe, expect, it } from 'vitest';
import { appEndpoints, discover, InvalidArgumentError, normalizeEndpoint } from '../src/index.js';
import { wireServer } from './support/wire-server.js';

describe('normalizeEndpoint', () => {
  it.each([
    ['https://ID.example.com', 'https://id.example.com'],
    ['https://id.example.com/', 'https://id.example.com'],
    ['https://id.example.com:8443/manage?x=1#y', 'https://id.example.com:8443'],
    [' http://localhost:8420/ ', 'http://localhost:8420'],
    ['http://127.0.0.2:8420', 'http://127.0.0.2:8420'],
    ['http://[::1]:8420', 'http://[::1]:8420'],
  ])('takes the origin of %s, without a trailing slash', (given, origin) => {
    expect(normalizeEndpoint(given)).toBe(origin);
  });

  it.each([
    'http://id.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'ftp://localhost',
    'localhost:8420',
    'id.example.com',
    '',
  ])('refuses %j: only TLS, or http to this machine', (given) => {
    expect(() => normalizeEndpoint(given)).toThrow(InvalidArgumentError);
  });

  it('refuses userinfo without repeating the password', () => {
    const refused = () => normalizeEndpoint('https://ada:hunter22@id.example.com');
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).not.toThrow(/hunter22/);
  });
});

describe('appEndpoints', () => {
  it('builds the URLs of an app by convention', () => {
    expect(appEndpoints('https://id.example.com/', 'myapplication')).toEqual({
      issuer: 'https://id.example.com/myapplication/',
      authorization_endpoint: 'https://id.example.com/oauth2/authorize/myapplication',
      token_endpoint: 'https://id.example.com/oauth2/token/myapplication',
      introspection_endpoint: 'https://id.example.com/oauth2/introspect/myapplication',
      revocation_endpoint: 'https://id.example.com/oauth2/revoke/myapplication',
      userinfo_endpoint: 'https://id.example.com/oauth2/userinfo/myapplication',
      jwks_uri: 'https://id.example.com/oauth2/keys/myapplication',
    });
  });

  it.each(['', '..', '.', 'my app', 'a/b', 'a%2fb', 'a?b', 'x'.repeat(65)])(
    'refuses the Application ID %j, which would name another path',
    (appId) => {
      expect(() => appEndpoints('https://id.example.com', appId)).toThrow(/Application ID/);
    },
  );
});

describe('discover', () => {
  const document = (origin: string) => ({
    issuer: 'https://issuer.example.com/custom',
    authorization_endpoint: `${origin}/oauth2/authorize/a`,
    token_endpoint: `${origin}/oauth2/token/a`,
    authorization_response_iss_parameter_supported: true,
  });

  it('reads issuer and endpoints, and falls back on convention for what is left out', async () => {
    const server = await wireServer((request) => ({ body: document(`http://${request.headers.host}`) }));
    const metadata = await discover(server.endpoint, 'A');
    expect(server.last()).toMatchObject({ method: 'GET', url: '/A/.well-known/openid-configuration' });
    expect(metadata).toEqual({
      ...document(server.endpoint),
      introspection_endpoint: `${server.endpoint}/oauth2/introspect/A`,
      revocation_endpoint: `${server.endpoint}/oauth2/revoke/A`,
      userinfo_endpoint: `${server.endpoint}/oauth2/userinfo/A`,
      jwks_uri: `${server.endpoint}/oauth2/keys/A`,
    });
  });

  it('takes the other loopback names of the same port for the same server', async () => {
    const server = await wireServer((request) => ({
      body: document(`http://localhost:${request.headers.host?.split(':')[1]}`),
    }));
    const { token_endpoint } = await discover(server.endpoint, 'a');
    expect(token_endpoint).toBe(`${server.endpoint.replace('127.0.0.1', 'localhost')}/oauth2/token/a`);
  });

  it.each(['https://evil.example.com/token', 'http://127.0.0.1:1/token', 'no url'])(
    'refuses a token endpoint at %s, where the credentials would go',
    async (token_endpoint) => {
      const server = await wireServer({ body: { ...document('https://id.example.com'), token_endpoint } });
      await expect(discover(server.endpoint, 'a')).rejects.toMatchObject({ code: 'unexpected_response' });
    },
  );

  it.each([
    ['no place to send to', 'blob:'],
    ['a user name', 'http://user@'],
  ])('refuses a token endpoint with %s, though its origin is the right one', async (_, beginning) => {
    const server = await wireServer(({ headers }) => {
      const origin = `http://${headers.host}`;
      const place = beginning === 'blob:' ? `${beginning}${origin}` : `${beginning}${headers.host}`;
      return { body: { ...document(origin), token_endpoint: `${place}/oauth2/token/a` } };
    });
    await expect(discover(server.endpoint, 'a')).rejects.toMatchObject({ code: 'unexpected_response' });
  });

  it('passes on why the server does not know the app', async () => {
    const refusal = { error: 'invalid_request', error_description: 'unknown app a' };
    const server = await wireServer({ status: 400, body: refusal });
    await expect(discover(server.endpoint, 'a')).rejects.toMatchObject({
      code: 'oauth_response',
      error: 'invalid_request',
      description: 'unknown app a',
      status: 400,
    });
  });
});
