import { describe, expect, it } from 'vitest';
import { call, parseCallTarget } from '../src/index.js';
import { wireServer } from './support/wire-server.js';

const ENVELOPE = {
  success: true,
  Result: { User: 'ada@acme.test' },
  Message: null,
  MessageID: null,
  Exception: null,
  ErrorID: null,
  ErrorCode: null,
  IsSoftError: false,
  InnerExceptions: null,
};

describe('parseCallTarget', () => {
  it.each([
    ['/security/whoami', false, 'POST', '/security/whoami'],
    ['/api/v1/users?limit=5', false, 'GET', '/api/v1/users?limit=5'],
    ['/api/v1/users', true, 'POST', '/api/v1/users'],
    ['/sysinfo/version', false, 'GET', '/sysinfo/version'],
    ['/apiary', false, 'POST', '/apiary'],
    ['get /security/whoami', false, 'GET', '/security/whoami'],
    ['DELETE  /api/v1/users/u1', false, 'DELETE', '/api/v1/users/u1'],
  ])('reads "%s" (data: %s) as %s %s', (text, hasData, method, path) => {
    expect(parseCallTarget(text, hasData)).toEqual({ method, path });
  });

  it.each(['', 'whoami', 'GET', 'GET POST /x', 'https://evil.example.com/x'])('refuses %j', (text) => {
    expect(() => parseCallTarget(text, false)).toThrow(/expected/);
  });
});

describe('call', () => {
  it('posts {} with the bearer token and the native-client header, and unwraps the envelope', async () => {
    const server = await wireServer({ body: ENVELOPE });
    const answer = await call(server.endpoint, {
      ...parseCallTarget('/security/whoami', false),
      bearerToken: 'at',
    });
    expect(answer).toMatchObject({ status: 200, body: ENVELOPE, result: { User: 'ada@acme.test' } });
    expect(server.last()).toMatchObject({ method: 'POST', url: '/security/whoami', body: '{}' });
    expect(server.last().headers).toMatchObject({
      authorization: 'Bearer at',
      'content-type': 'application/json',
      'x-centrify-native-client': 'true',
    });
  });

  it('sends data as JSON and the headers it is given', async () => {
    const server = await wireServer({ body: { id: 'r1' }, headers: { etag: '"2"' } });
    const answer = await call(server.endpoint, {
      method: 'PUT',
      path: '/api/v1/roles/r1',
      data: { name: 'é' },
      headers: { 'if-match': '"1"' },
    });
    expect(server.last()).toMatchObject({ method: 'PUT', body: '{"name":"é"}' });
    expect(server.last().headers['if-match']).toBe('"1"');
    expect(answer.result).toEqual({ id: 'r1' });
    expect(answer.headers.get('etag')).toBe('"2"');
  });

  it('gets a resource without a body, and takes an empty or a plain answer', async () => {
    const server = await wireServer(
      { status: 204, headers: { 'content-type': 'text/plain' }, body: '' },
      { headers: { 'content-type': 'text/plain' }, body: 'plain' },
    );
    const target = { method: 'DELETE', path: '/api/v1/users/u1' };
    expect((await call(server.endpoint, target)).result).toBeNull();
    expect((await call(server.endpoint, target)).result).toBe('plain');
    expect(server.last().body).toBe('');
    expect(server.last().headers['content-type']).toBeUndefined();
  });

  it('throws the message of an envelope that says success: false, whatever the status', async () => {
    const refusal = {
      ...ENVELOPE,
      success: false,
      Result: null,
      Message: 'Not authorized',
      MessageID: '_I18N_x',
      ErrorID: 'e1',
    };
    const server = await wireServer({ body: refusal }, { status: 403, body: refusal });
    for (const status of [200, 403]) {
      await expect(call(server.endpoint, { method: 'POST', path: '/x' })).rejects.toMatchObject({
        code: 'vendor',
        message: 'Not authorized',
        messageId: '_I18N_x',
        errorId: 'e1',
        status,
      });
    }
  });

  it('throws problem details (RFC 9457)', async () => {
    const headers = { 'content-type': 'application/problem+json; charset=utf-8' };
    const body = { type: '/problems/not-found', title: 'Not found', detail: 'user u1 does not exist' };
    const server = await wireServer({ status: 404, headers, body });
    await expect(call(server.endpoint, { method: 'GET', path: '/api/v1/users/u1' })).rejects.toMatchObject({
      code: 'problem',
      status: 404,
      title: 'Not found',
      type: '/problems/not-found',
      message: 'user u1 does not exist',
    });
  });

  it('hands on the faults of a document field by field (RFC 9457 section 3.2)', async () => {
    const headers = { 'content-type': 'application/problem+json' };
    const errors = [{ field: 'tokens.lifetime', message: 'between 1s and 3650d' }, 'noise', {}];
    const server = await wireServer({ status: 400, headers, body: { title: 'Refused', errors } });
    await expect(call(server.endpoint, { method: 'PUT', path: '/api/v1/apps/a' })).rejects.toMatchObject({
      message: 'Refused',
      faults: [
        { field: 'tokens.lifetime', message: 'between 1s and 3650d' },
        { field: '', message: 'is refused' },
      ],
    });
  });

  it('reads a bare 401 from its Bearer challenge (RFC 6750 section 3)', async () => {
    const challenge = 'Bearer realm="x", error="invalid_token", error_description="the token expired"';
    const server = await wireServer({ status: 401, headers: { 'www-authenticate': challenge }, body: '' });
    await expect(call(server.endpoint, { method: 'POST', path: '/x' })).rejects.toMatchObject({
      code: 'oauth_response',
      error: 'invalid_token',
      description: 'the token expired',
      status: 401,
    });
  });

  it.each(['//evil.example.com/x', '/a/../b', '/a/%2E%2e/b', '/a\\b', '/a#b', 'a'])(
    'refuses the path %j, which a URL would turn into another',
    async (path) => {
      const server = await wireServer({});
      await expect(call(server.endpoint, { method: 'POST', path })).rejects.toMatchObject({
        code: 'invalid_argument',
      });
      expect(server.received).toHaveLength(0);
    },
  );

  it('refuses data with GET, where it would be lost', async () => {
    const sent = call('https://id.example.com', { method: 'GET', path: '/x', data: {} });
    await expect(sent).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});
