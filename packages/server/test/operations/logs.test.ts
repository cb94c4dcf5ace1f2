import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../support/server.js';

describe('the log at its usual level', () => {
  const lines: string[] = [];
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer({ log: (line) => lines.push(line), logLevel: 'info' });
  });
  afterAll(() => server.close());

  const html = { accept: 'text/html' };
  const linesOf = (reference: string) => lines.filter((line) => JSON.parse(line).reqId === reference);

  it.each([
    ['an address that nothing is at', '/no/such/page', html, 404],
    ['a path that cannot be judged', '/manage/a%2fb', html, 400],
    ['a call without a token', '/api/v1/users', {}, 401],
    ['an app that does not exist', '/oauth2/authorize/none?client_id=x', html, 400],
  ])('has a line with the reference that the caller of %s was shown', async (_, path, headers, status) => {
    const answer = await server.fetch(path, { headers });
    const text = await answer.text();
    expect(answer.status).toBe(status);
    const [reference = ''] = /(?<=<code>|"correlationId":")[\w-]{16,}/.exec(text) ?? [];
    expect(linesOf(reference), text.slice(0, 2_000)).not.toEqual([]);
  });

  const foreign = { origin: 'https://evil.test' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = { 'content-type': 'application/json' };
  it.each([
    ['a sign-in from another site', '/login', { ...html, ...form, ...foreign }, 'username=x', 403],
    ['a sign-in without its form', '/login', { ...html, ...form }, 'username=x', 403],
    [
      'a sign-in of another media type',
      '/login',
      { ...html, 'content-type': 'multipart/form-data' },
      'x',
      415,
    ],
    ['a decision behind a link', '/login/link', { ...html, ...form }, 'token=x', 403],
    ['a device', '/device', { ...html, ...form }, 'user_code=x', 403],
    ['a consent', '/oauth2/confirm/none', { ...html, ...form }, 'result=1', 403],
    [
      'a call of the sign-in from another site',
      '/security/startauthentication',
      { ...json, ...foreign },
      '{}',
      403,
    ],
    ['a call of the sign-in that is no JSON', '/security/advanceauthentication', json, '{', 400],
  ])('has a line with the reference of %s', async (_, path, headers, body, status) => {
    const answer = await server.fetch(path, { method: 'POST', headers, body });
    const text = await answer.text();
    expect(answer.status).toBe(status);
    const [reference = ''] = /(?<=<code>|"ErrorID":")[\w-]{16,}/.exec(text) ?? [];
    expect(linesOf(reference), text.slice(0, 2_000)).toHaveLength(1);
  });

  it('has a line with the reference of a link that is over', async () => {
    const text = await (await server.fetch('/login/link?token=a.b', { headers: html })).text();
    const [reference = ''] = /(?<=<code>)[\w-]{16,}/.exec(text) ?? [];
    expect(linesOf(reference)).toHaveLength(1);
  });

  it.each([
    ['cannot be decoded', `/oauth2/authorize/my%app?client_secret=secret-query`],
    ['is too long', `/oauth2/authorize/${'a'.repeat(2_000)}?client_secret=secret-query`],
  ])('nor the answer quotes the query of an address that %s', async (_, path) => {
    const answer = await server.fetch(path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await answer.text()).not.toContain('secret-query');
    expect(lines.at(-1)).toContain('/oauth2/authorize/');
    expect(lines.join('')).not.toContain('secret-query');
  });

  it('has no line for what went well, and no query in any', async () => {
    const before = lines.length;
    expect((await server.fetch('/login?next=secret-query')).status).toBe(200);
    expect(lines.length).toBe(before);
    await server.fetch('/no/such/page?next=secret-query');
    expect(lines.join('')).not.toContain('secret-query');
  });
});
