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

  it('has no line for what went well, and no query in any', async () => {
    const before = lines.length;
    expect((await server.fetch('/login?next=secret-query')).status).toBe(200);
    expect(lines.length).toBe(before);
    await server.fetch('/no/such/page?next=secret-query');
    expect(lines.join('')).not.toContain('secret-query');
  });
});
