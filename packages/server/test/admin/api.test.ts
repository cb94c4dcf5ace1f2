/** What holds for `/api/v1` as a whole: its description, its endpoints, and what garbage gets. */
import type { App, Endpoint, PatternTestResult } from '@sallyport/contract';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { headerText, holds, TIME } from '../support/fuzz.js';
import { describeAdministration, PEOPLE } from './support/world.js';

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, OpenApiOperation>>;
}
interface OpenApiOperation {
  summary: string;
  tags: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}

/** Of so many endpoints more inputs are tried than of one parser. */
const SEVERAL = 3;

describeAdministration('the API', (world) => {
  let endpoints: Endpoint[];
  let openapi: OpenApi;
  beforeAll(async () => {
    endpoints = (await world.admin<{ items: Endpoint[] }>('GET', '/endpoints')).body.items;
    openapi = (await world.admin<OpenApi>('GET', '/openapi.json')).body;
  });
  const operations = () =>
    Object.entries(openapi.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    );

  test.each([
    ['gzip', 'gzip'],
    ['br, GZIP;q=0.5', 'gzip'],
    ['gzip;q=0', null],
    ['gzip; q=0.000, br', null],
    ['identity', null],
  ])('compresses a long list for "accept-encoding: %s": %s', async (accepted, coding) => {
    const cookie = await world.cookieOf(PEOPLE.apps);
    const headers = { 'accept-encoding': accepted };
    const list = await world.fetch('/api/v1/endpoints', { headers: { ...headers, cookie } });
    expect(list.headers.get('content-encoding')).toBe(coding);
    expect(list.headers.get('vary')).toBe('accept-encoding');
    expect(((await list.json()) as { items: unknown[] }).items.length).toBe(endpoints.length);
    const own = await world.fetch('/api/v1/me', { headers: { ...headers, cookie } });
    expect(own.headers.get('content-encoding'), 'nothing is gained on what is short').toBeNull();
  });

  test('leaves what has an entity tag as it is, and takes the weak tag of a proxy that does not', async () => {
    const restRegex = Array.from({ length: 60 }, (_, i) => `api/v1/users/pattern-${i}`);
    await world.apply({
      apps: [{ applicationId: 'long', name: 'Long', scope: { definitions: [{ name: 'x', restRegex }] } }],
    });
    const { body, headers } = await world.admin<App>('GET', '/apps/long');
    expect(JSON.stringify(body).length).toBeGreaterThan(1024);
    expect(headers.get('content-encoding')).toBeNull();
    const { id: _, createdAt: __, version: ___, logo: ____, ...input } = body;
    const put = (tag: string) =>
      world.admin('PUT', '/apps/long', { ...input, name: tag }, { 'if-match': tag });
    expect((await put('W/"99"')).status).toBe(412);
    expect((await put(`W/${headers.get('etag')}`)).status).toBe(200);
  });

  test('refuses names that turn the direction of the page around them', async () => {
    for (const sign of ['\u202e', '\u2066'])
      expect((await world.admin('POST', '/roles', { name: `Good${sign}seirogetac` })).status).toBe(400);
  });

  describe('is described in OpenAPI 3.1', () => {
    test('endpoint for endpoint', () => {
      expect(openapi.openapi).toMatch(/^3\.1\./);
      const described = operations()
        .filter(({ path }) => path.startsWith('/api/v1/'))
        .map(({ path, method }) => `${method.toUpperCase()} ${path}`);
      const served = endpoints
        .filter(({ path }) => path.startsWith('/api/v1/') && !/openapi|docs/.test(path))
        .map(({ method, path }) => `${method} ${path}`);
      expect(described.sort()).toEqual(served.sort());
    });

    test('each with a summary, its path parameters, and the shape of answer and refusal', () => {
      for (const { path, method, operation } of operations().filter(({ path }) => path.startsWith('/api/'))) {
        const where = `${method} ${path}`;
        expect(operation.summary, where).toMatch(/\w/);
        expect(operation.tags, where).toHaveLength(1);
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
        expect(described.map(({ name }) => name).sort(), where).toEqual(inPath.sort());
        expect(
          described.every(({ required }) => required),
          where,
        ).toBe(true);
        const success = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
        expect(success, where).toHaveLength(1);
        if (success[0]?.[0] !== '204')
          expect(success[0]?.[1].content?.['application/json']?.schema, where).toBeDefined();
        expect(
          operation.responses['4XX']?.content?.['application/problem+json']?.schema,
          where,
        ).toBeDefined();
        for (const reference of JSON.stringify(operation).matchAll(/"\$ref":"([^"]*)"/g))
          expect.fail(`${where} refers to ${reference[1]}`);
      }
    });

    test('and on a page for people, which names every path', async () => {
      const { status, headers, body } = await world.admin<string>('GET', '/docs');
      expect(status).toBe(200);
      expect(headers.get('content-type')).toContain('text/html');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      for (const path of Object.keys(openapi.paths)) expect(body).toContain(path);
    });
  });

  test('lists the endpoints behind the gate, and none that is open to everyone', () => {
    expect(endpoints).toContainEqual({ method: 'POST', path: '/security/whoami' });
    expect(endpoints).toContainEqual({ method: 'PATCH', path: '/api/v1/users/{user}' });
    const open = /sysinfo|health|startauthentication|advanceauthentication|\/login|oauth2|well-known|\*/i;
    expect(endpoints.filter(({ path }) => open.test(path))).toEqual([]);
    expect(endpoints.some(({ method }) => method === 'HEAD')).toBe(false);
  });

  test('says which endpoints a pattern opens, and why one cannot be saved', async () => {
    const { status, body } = await world.admin<PatternTestResult>('POST', '/endpoints/test', {
      patterns: ['api/v1/roles/*/members.*', '('],
      paths: ['/api/v1/roles/7/members', 'api/v1/users', '/a//b'],
    });
    expect(status).toBe(200);
    expect(body.faults).toMatchObject([{ pattern: '(', fault: expect.stringContaining('missing closing') }]);
    expect(new Set(body.opens.map(({ path }) => path))).toEqual(
      new Set(['/api/v1/roles/{role}/members', '/api/v1/roles/{role}/members/{user}']),
    );
    expect(body.paths).toEqual([
      { path: '/api/v1/roles/7/members', opened: true },
      { path: 'api/v1/users', opened: false },
      { path: '/a//b', opened: false, fault: expect.any(String) },
    ]);
  });

  describe('answers garbage clearly', () => {
    test.each([
      ['text/plain', 415],
      ['application/x-www-form-urlencoded', 415],
      ['multipart/form-data; boundary=x', 415],
      ['application/xml', 415],
      ['application/json; charset=utf-8', 400],
    ])('of type %s with %i', async (type, status) => {
      const answered = await world.admin('POST', '/roles', '{}', { 'content-type': type });
      expect(answered.status).toBe(status);
      expect(answered.headers.get('content-type')).toContain('application/problem+json');
      expect(answered.headers.get('cache-control')).toBe('no-store');
    });

    test.each([
      ['no JSON', '{"name":', 400],
      ['an empty body', '', 400],
      ['a prototype', '{"name":"x","__proto__":{"rights":["System Administrator"]}}', 400],
      ['a constructor', '{"name":"x","constructor":{"prototype":{"a":1}}}', 400],
      ['a NUL', '{"name":"a\\u0000b"}', 400],
      ['a depth of 10,000', `{"name":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 400],
      ['two megabytes', JSON.stringify({ name: 'x'.repeat(2_000_000) }), 413],
    ])('%s', async (_, body, status) => {
      expect((await world.admin('POST', '/roles', body)).status).toBe(status);
    });

    test('a duplicate key is read one way: the last (D07)', async () => {
      const { status, body } = await world.admin('POST', '/roles', '{"name":"First","name":"Last one"}');
      expect(status).toBe(201);
      expect(body).toMatchObject({ name: 'Last one' });
    });

    test('and never with a 5xx, whatever the endpoint', { timeout: TIME }, async () => {
      const writing = endpoints.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/v1/'));
      const endpoint = fc.constantFrom(...writing.filter(({ path }) => !path.endsWith('/keys/rotate')));
      const word = fc.constantFrom('loginName', 'name', 'users', 'apps', 'tokens', 'rights', 'patterns', 'x');
      const document = fc.letrec((tie) => ({
        any: fc.oneof(
          { depthSize: 'small' },
          fc.jsonValue({ maxDepth: 1 }),
          fc.string({ unit: 'binary' }),
          fc.array(tie('any'), { maxLength: 3 }),
          fc.dictionary(word, tie('any'), { maxKeys: 4 }),
        ),
      })).any;
      const part = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
      const tag = fc.oneof(fc.constantFrom('*', '"1"', 'W/"1"', '"99999999999999999"'), headerText);
      await holds(
        fc.record({ endpoint, body: document, name: part, tag }),
        async ({ endpoint: { method, path }, body, name, tag: version }) => {
          const filled = path.replace(/\{\w+\}/g, encodeURIComponent(name));
          const { status } = await world.admin(method, filled, body, { 'if-match': version });
          expect(status).toBeLessThan(500);
        },
        SEVERAL,
      );
    });

    test('nor to any query', { timeout: TIME }, async () => {
      const lists = ['/users', '/roles', '/apps', '/changes', '/events', '/roles/sysadmin/members'];
      const words = fc.constantFrom('-1', '1e9', 'NaN', '%', "'", '\0', '🦆', '_%', '9'.repeat(30));
      const sorts = fc.constantFrom('users.login_key', 'roles.name_key', 'events.id', 'changes.id');
      const cursor = fc
        .tuple(sorts, fc.oneof(words, fc.string({ unit: 'binary' })))
        .map((parts) => Buffer.from(parts.join('\n')).toString('base64url'));
      const value = fc.oneof(fc.string({ unit: 'grapheme' }), words, cursor);
      const key = fc.constantFrom('after', 'limit', 'search', 'object', 'after[]');
      await holds(
        fc.tuple(fc.constantFrom(...lists), fc.dictionary(key, value)),
        async ([path, query]) => {
          const text = new URLSearchParams(query);
          expect((await world.admin('GET', `${path}?${text}`)).status).toBeLessThan(500);
        },
        SEVERAL,
      );
    });
  });
});
