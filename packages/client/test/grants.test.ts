import { describe, expect, it } from 'vitest';
import {
  appEndpoints,
  type Client,
  clientCredentialsGrant,
  InvalidArgumentError,
  introspect,
  OAuthResponseError,
  passwordGrant,
  refreshTokenGrant,
  revoke,
} from '../src/index.js';
import { type Reply, wireServer } from './support/wire-server.js';

const TOKEN = { access_token: 'at', token_type: 'Bearer', expires_in: 18000, scope: 'all' };
const CONFIDENTIAL: Client = { clientId: 'svc@acme.test', clientSecret: 'p%40 s+w:x é' };
const PUBLIC: Client = { clientId: 'my client' };

async function app(reply: Reply = { body: TOKEN }) {
  const server = await wireServer(reply);
  return { server, metadata: appEndpoints(server.endpoint, 'myapp') };
}

describe('client authentication (RFC 6749 section 2.3)', () => {
  it('sends a secret as HTTP Basic with the raw pair, and no client_id in the body', async () => {
    const { server, metadata } = await app();
    await clientCredentialsGrant(metadata, CONFIDENTIAL, { scope: 'all more' });
    const { method, url, headers, body } = server.last();
    expect({ method, url, body }).toEqual({
      method: 'POST',
      url: '/oauth2/token/myapp',
      body: 'grant_type=client_credentials&scope=all+more',
    });
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    const basic = `Basic ${Buffer.from('svc@acme.test:p%40 s+w:x é').toString('base64')}`;
    expect(headers.authorization).toBe(basic);
  });

  it('sends a secret in the body, form-encoded, when told to', async () => {
    const { server, metadata } = await app();
    await clientCredentialsGrant(metadata, { ...CONFIDENTIAL, authMethod: 'client_secret_post' });
    expect(server.last().headers.authorization).toBeUndefined();
    expect(server.last().body).toBe(
      'grant_type=client_credentials&client_id=svc%40acme.test&client_secret=p%2540+s%2Bw%3Ax+%C3%A9',
    );
  });

  it('sends only client_id for a public client', async () => {
    const { server, metadata } = await app();
    await refreshTokenGrant(metadata, PUBLIC, { refreshToken: 'rt' });
    expect(server.last().headers.authorization).toBeUndefined();
    expect(server.last().body).toBe('grant_type=refresh_token&refresh_token=rt&client_id=my+client');
  });

  it('refuses an id with a colon for Basic, since the server splits there', async () => {
    const { metadata } = await app();
    const refused = clientCredentialsGrant(metadata, { clientId: 'a:b', clientSecret: 'secret' });
    await expect(refused).rejects.toThrow(InvalidArgumentError);
  });

  it('refuses client credentials without a secret before asking the server', async () => {
    const { server, metadata } = await app();
    await expect(clientCredentialsGrant(metadata, PUBLIC)).rejects.toThrow(InvalidArgumentError);
    expect(server.received).toHaveLength(0);
  });
});

describe('the password grant (RFC 6749 section 4.3)', () => {
  it('posts user name and password as a form', async () => {
    const { server, metadata } = await app();
    await passwordGrant(metadata, PUBLIC, { username: 'ada@acme.test', password: 'a&b=c', scope: 'all' });
    expect(server.last().body).toBe(
      'grant_type=password&username=ada%40acme.test&password=a%26b%3Dc&scope=all&client_id=my+client',
    );
  });
});

describe('token responses (RFC 6749 section 5)', () => {
  it('are typed as on the wire, refresh and ID token only when there', async () => {
    const { metadata } = await app({ body: { ...TOKEN, refresh_token: 'rt2', id_token: null, other: 1 } });
    const token = await refreshTokenGrant(metadata, PUBLIC, { refreshToken: 'rt', scope: 'all' });
    expect(token).toEqual({ ...TOKEN, refresh_token: 'rt2' });
  });

  it('give the error code, description and status of a refusal', async () => {
    const { metadata } = await app({
      status: 401,
      body: { error: 'invalid_client', error_description: 'wrong secret' },
    });
    const refused = clientCredentialsGrant(metadata, CONFIDENTIAL);
    await expect(refused).rejects.toThrow(OAuthResponseError);
    await expect(refused).rejects.toMatchObject({
      message: 'invalid_client: wrong secret',
      error: 'invalid_client',
      status: 401,
    });
  });

  it.each([
    ['no access token', { body: { token_type: 'Bearer' } }],
    ['another kind of token', { body: { ...TOKEN, token_type: 'DPoP' } }],
    ['no JSON', { body: '<html>' }],
    ['an error without JSON', { status: 502, body: 'Bad gateway' }],
    ['an array', { body: [] }],
  ])('are refused when there is %s', async (_, reply) => {
    const { metadata } = await app(reply);
    await expect(clientCredentialsGrant(metadata, CONFIDENTIAL)).rejects.toMatchObject({
      code: 'unexpected_response',
    });
  });

  it('never repeat the secret in an error, even when the server does', async () => {
    const { metadata } = await app({
      status: 400,
      body: {
        error: 'invalid_client',
        error_description: `no user has the password ${CONFIDENTIAL.clientSecret}`,
      },
    });
    await expect(clientCredentialsGrant(metadata, CONFIDENTIAL)).rejects.toMatchObject({
      description: 'no user has the password ***',
      message: 'invalid_client: no user has the password ***',
    });
  });
});

describe('introspection (RFC 7662)', () => {
  it('asks as a confidential client and returns the claims', async () => {
    const { server, metadata } = await app({ body: { active: true, scope: 'all', sub: 'u1' } });
    expect(await introspect(metadata, CONFIDENTIAL, 'at')).toEqual({ active: true, scope: 'all', sub: 'u1' });
    expect(server.last()).toMatchObject({ url: '/oauth2/introspect/myapp', body: 'token=at' });
    expect(server.last().headers.authorization).toMatch(/^Basic /);
  });

  it('asks with a bearer token', async () => {
    const { server, metadata } = await app({ body: { active: false } });
    expect(await introspect(metadata, { bearerToken: 'mine' }, 'at')).toEqual({ active: false });
    expect(server.last().headers.authorization).toBe('Bearer mine');
  });

  it('refuses an answer that does not say whether the token is active', async () => {
    const { metadata } = await app({ body: { active: 'true' } });
    await expect(introspect(metadata, CONFIDENTIAL, 'at')).rejects.toMatchObject({
      code: 'unexpected_response',
    });
  });
});

describe('revocation (RFC 7009)', () => {
  it('posts the token as the client and takes an empty answer', async () => {
    const { server, metadata } = await app({ body: '' });
    await revoke(metadata, PUBLIC, 'rt');
    expect(server.last()).toMatchObject({
      url: '/oauth2/revoke/myapp',
      body: 'token=rt&client_id=my+client',
    });
  });

  it('throws what the server refused', async () => {
    const { metadata } = await app({ status: 401, body: { error: 'invalid_client' } });
    await expect(revoke(metadata, PUBLIC, 'rt')).rejects.toMatchObject({ error: 'invalid_client' });
  });
});
