/** The description of everything the server serves: whole, without a warning, and a safe guide to send requests by. */
import { createConfig, lintFromString } from '@redocly/openapi-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { signIn } from '../login/dance.js';
import { holds, TIME } from '../support/fuzz.js';
import { ADMIN, createTestServer, type TestServer } from '../support/server.js';
import { DECLARATION } from './support/world.js';

const Content = z.record(z.string(), z.looseObject({ schema: z.looseObject({}) }));
const Operation = z.looseObject({
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.string(), schema: z.looseObject({}) }))
    .default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
});
const Document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
});
type Operation = z.output<typeof Operation>;

let server: TestServer;
let auth: string;
let source: string;

beforeAll(async () => {
  server = await createTestServer({ settings: { rateLimit: 'off' } });
  await server.apply(DECLARATION);
  await authenticate();
  source = await (await server.fetch('/api/v1/openapi.json', { headers: headers() })).text();
});
afterAll(() => server.close());

async function authenticate(): Promise<void> {
  ({ auth } = await signIn(server, { loginName: ADMIN.user, password: ADMIN.password }));
}

const headers = () => ({ authorization: `Bearer ${auth}` });

const operations = () =>
  Object.entries(Document.parse(JSON.parse(source)).paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

describe('the OpenAPI description', () => {
  test('is OpenAPI 3.1, and a linter has nothing to say about it', async () => {
    expect(Document.parse(JSON.parse(source)).openapi).toMatch(/^3\.1\./);
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
    const said = problems.map(({ severity, message, location }) => [severity, message, location[0]?.pointer]);
    expect(said).toEqual([]);
  });

  test('describes every endpoint behind the gate, and the OAuth endpoints', async () => {
    const { items } = z
      .object({ items: z.array(z.object({ method: z.string(), path: z.string() })) })
      .parse(await (await server.fetch('/api/v1/endpoints', { headers: headers() })).json());
    const described = new Set(operations().map(({ method, path }) => `${method} ${path.toLowerCase()}`));
    const served = items.filter(({ path }) => !/\/api\/v1\/(openapi\.json|docs)$/.test(path));
    expect(served.filter(({ method, path }) => !described.has(`${method} ${path.toLowerCase()}`))).toEqual(
      [],
    );
    for (const endpoint of ['authorize', 'token', 'introspect', 'revoke', 'userinfo', 'par'])
      expect([...described].some((path) => path.includes(`/oauth2/${endpoint}/`))).toBe(true);
  });

  test('leads no request made from it to a 5xx', { timeout: 4 * TIME }, async () => {
    const safe = operations().filter(({ path }) => !/keys\/rotate|me\/password|health\/ready/.test(path));
    const made = fc.constantFrom(...safe).chain(requestFor);
    const rule = async ({ method, path, body, type }: Made) => {
      const sent = {
        method,
        headers: { ...headers(), 'if-match': '*', ...(type && { 'content-type': type }) },
        ...(body !== undefined && { body }),
      };
      const { status } = await server.fetch(path, sent);
      expect(status, `${method} ${path} ${body}`).toBeLessThan(500);
      // The request may have ended the very session it was made with.
      if (status === 401) await authenticate();
    };
    // Two or three of each endpoint.
    await holds(made, rule, 6);
  });
});

/** Names that exist here, so that requests get past the first check. */
const KNOWN = fc.constantFrom(
  'tool',
  'plain@acme.test',
  'Developers',
  'sysadmin',
  'everybody',
  'all',
  ADMIN.user,
);

interface Made {
  method: string;
  path: string;
  body: string | undefined;
  type: string | undefined;
}

function requestFor({ path, method, operation }: { path: string; method: string; operation: Operation }) {
  const { parameters, requestBody } = operation;
  const named = parameters.map(({ name, in: place, schema }) =>
    fc.record({
      name: fc.constant(name),
      place: fc.constant(place),
      value: fc.oneof(KNOWN, valueFor(schema)),
    }),
  );
  const [type, { schema = {} } = {}] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  return fc.record({ given: fc.tuple(...named), value: valueFor(schema) }).map(({ given, value }): Made => {
    const query = new URLSearchParams();
    let filled = path;
    for (const { name, place, value: each } of given) {
      const text = typeof each === 'string' ? each : JSON.stringify(each);
      if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(text) || 'x');
      else query.set(name, text);
    }
    const target = query.size > 0 ? `${filled}?${query}` : filled;
    if (type === undefined) return { method, path: target, body: undefined, type };
    const isForm = type.includes('urlencoded');
    const fields = Object.entries(Object(value)).map(([key, each]): [string, string] => [
      key,
      typeof each === 'string' ? each : JSON.stringify(each),
    ]);
    const body = isForm ? new URLSearchParams(fields).toString() : JSON.stringify(value);
    return { method, path: target, body, type };
  });
}

/** A value that mostly fits the schema; now and then one that does not. */
function valueFor(schema: Record<string, unknown>, depth = 0): fc.Arbitrary<unknown> {
  const wild = fc.oneof(
    fc.constant(null),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.integer(),
    KNOWN,
  );
  return fc.oneof({ weight: 9, arbitrary: fitting(schema, depth) }, { weight: 1, arbitrary: wild });
}

const Parts = z.looseObject({
  enum: z.array(z.unknown()).min(1).optional().catch(undefined),
  const: z.unknown().optional(),
  anyOf: z.array(z.looseObject({})).min(1).optional().catch(undefined),
  type: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
  items: z.looseObject({}).optional().catch(undefined),
  properties: z.record(z.string(), z.looseObject({})).optional().catch(undefined),
});

function fitting(schema: Record<string, unknown>, depth: number): fc.Arbitrary<unknown> {
  const { enum: words, const: only, anyOf, type, items = {}, properties = {} } = Parts.parse(schema);
  if (words) return fc.constantFrom(...words);
  if (only !== undefined) return fc.constant(only);
  if (anyOf) return fc.oneof(...anyOf.map((each) => valueFor(each, depth + 1)));
  switch (Array.isArray(type) ? type[0] : type) {
    case 'integer':
    case 'number':
      return fc.integer({ min: -1, max: 1000 });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return depth > 4 ? fc.constant([]) : fc.array(valueFor(items, depth + 1), { maxLength: 2 });
    case 'object':
      return depth > 4
        ? fc.constant({})
        : fc.record(
            Object.fromEntries(
              Object.entries(properties).map(([key, each]) => [key, valueFor(each, depth + 1)]),
            ),
            { requiredKeys: [] },
          );
    default:
      return fc.oneof(KNOWN, fc.string({ unit: 'grapheme', maxLength: 12 }));
  }
}
