/** What a client of the Model Context Protocol needs to find and use a protected server with no manual step. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBrowser } from './conformance/browser.js';
import { ADA, createWorld, type World } from './support/world.js';

const APP = 'Tools';
const CALLBACK = 'http://127.0.0.1:7777/callback';
const DOCUMENT = 'https://client.test/mcp.json';
const METADATA = {
  client_name: 'Notebook',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

/** What the client's document says now; the network is not part of this test. */
let document: object | null = { ...METADATA, client_id: DOCUMENT };
let fetches = 0;
let world: World;
let tools: { url: string; close(): void };

beforeAll(async () => {
  world = await createWorld({
    outbound: async ({ url }) => {
      fetches++;
      const isThere = url === DOCUMENT && document !== null;
      return { status: isThere ? 200 : 404, body: JSON.stringify(document), maxAge: null };
    },
  });
  tools = await openToolServer(world);
  await world.apply({
    apps: [
      {
        ...{ applicationId: APP, preset: 'MCP', name: 'Tools', userAccess: { roles: ['Developers'] } },
        generalUsage: { audience: tools.url },
      },
    ],
  });
});
afterAll(async () => {
  tools.close();
  await world.close();
});

/** An MCP server of somebody's own, which takes tokens of the app and publishes what Sallyport says of it. */
async function openToolServer({ url: issuer }: World): Promise<{ url: string; close(): void }> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/oauth2/keys/${APP}`));
  const metadata = '/.well-known/oauth-protected-resource/mcp';
  const server = createServer(async (request, response) => {
    if (request.url === metadata) {
      const told = await fetch(`${issuer}/.well-known/oauth-protected-resource/${APP}`);
      response.writeHead(200, { 'content-type': 'application/json' }).end(await told.text());
      return;
    }
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    try {
      const { payload } = await jwtVerify(token, keys, {
        audience: url,
        typ: 'at+jwt',
        clockTolerance: '10y',
      });
      if (!String(payload.scope).split(' ').includes('mcp')) throw new Error('scope');
    } catch {
      const challenge = `Bearer resource_metadata="${new URL(metadata, url)}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return;
    }
    const mcp = new McpServer({ name: 'tools', version: '1.0.0' });
    mcp.registerTool('greet', {}, async () => ({ content: [{ type: 'text', text: 'hello' }] }));
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    await mcp.connect(transport);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  return { url, close: () => server.close() };
}

/** The SDK's own OAuth client, with a memory, and a person at the browser. */
function createProvider(options: { clientMetadataUrl?: string } = {}) {
  const memory: {
    client?: Parameters<NonNullable<OAuthClientProvider['saveClientInformation']>>[0];
    tokens?: Parameters<OAuthClientProvider['saveTokens']>[0];
    verifier?: string;
    sentTo?: URL;
  } = {};
  const provider: OAuthClientProvider = {
    ...options,
    redirectUrl: CALLBACK,
    clientMetadata: METADATA,
    state: () => 'the state',
    clientInformation: () => memory.client,
    saveClientInformation: (client) => {
      memory.client = client;
    },
    tokens: () => memory.tokens,
    saveTokens: (saved) => {
      memory.tokens = saved;
    },
    redirectToAuthorization: (url) => {
      memory.sentTo = url;
    },
    saveCodeVerifier: (verifier) => {
      memory.verifier = verifier;
    },
    codeVerifier: () => memory.verifier ?? '',
  };
  return { provider, memory };
}

async function callTool(provider: OAuthClientProvider): Promise<string> {
  const client = new Client({ name: 'notebook', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(tools.url), { authProvider: provider }));
  const result = await client.callTool({ name: 'greet', arguments: {} });
  await client.close();
  return JSON.stringify(result.content);
}

test.each([
  ['registration', {}],
  ['a metadata document', { clientMetadataUrl: DOCUMENT }],
])('discovery, %s, authorization and a call by the MCP SDK alone', async (_, options) => {
  const { provider, memory } = createProvider(options);
  expect(await auth(provider, { serverUrl: tools.url })).toBe('REDIRECT');
  const sentTo = memory.sentTo ?? new URL('none:');
  expect(sentTo.searchParams.get('resource')).toBe(tools.url);
  const answers = { signin: { username: ADA.loginName, password: ADA.password }, allow: {} };
  const stop = await createBrowser(world.url).open(sentTo.href, answers);
  expect(stop.shown).toContain('allow');
  expect([stop.reached, stop.query.get('error_description')]).toEqual([CALLBACK, null]);
  const code = { authorizationCode: stop.query.get('code') ?? '', iss: stop.query.get('iss') ?? '' };
  expect(await auth(provider, { serverUrl: tools.url, ...code })).toBe('AUTHORIZED');
  expect(await callTool(provider)).toContain('hello');
  expect(memory.tokens?.refresh_token).toBeTypeOf('string');
  const isRegistered = memory.client?.client_id.startsWith('dyn_');
  expect([isRegistered, memory.client?.client_id]).toEqual(
    'clientMetadataUrl' in options ? [false, DOCUMENT] : [true, memory.client?.client_id],
  );
});

test('a client that a document describes is shown by its host, unverified', async () => {
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: DOCUMENT, redirect_uri: CALLBACK, state: 's' },
    ...{ code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' },
  });
  const before = fetches;
  const stop = await createBrowser(world.url).open(`/oauth2/authorize/${APP}?${query}`, { signin: null });
  expect(stop.html).toContain('Notebook');
  expect(stop.html).toContain('client.test');
  expect(stop.html).toContain('(unverified)');
  expect(fetches).toBe(before);
});

test.each<[string, object | null]>([
  ['is not there', null],
  ['is about another client', { ...METADATA, client_id: 'https://client.test/other.json' }],
  ['holds a secret', { ...METADATA, client_id: DOCUMENT, client_secret: 'x' }],
  [
    'wants to prove itself by a secret',
    { ...METADATA, client_id: DOCUMENT, token_endpoint_auth_method: 'client_secret_basic' },
  ],
  [
    'leads a browser to a script',
    { ...METADATA, client_id: DOCUMENT, redirect_uris: ['javascript:alert(1)'] },
  ],
  ['lists another redirect', { ...METADATA, client_id: DOCUMENT, redirect_uris: ['https://evil.test/cb'] }],
])('a document that %s makes no client', async (_, described) => {
  document = described;
  world.clock.advance(2 * 3_600_000);
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: DOCUMENT, redirect_uri: CALLBACK, state: 's' },
    ...{ code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' },
  });
  const response = await world.fetch(`/oauth2/authorize/${APP}?${query}`);
  expect([response.status, response.headers.get('location')]).toEqual([400, null]);
});

test('the preset is a word of the file: what stands beside it goes over it', async () => {
  await world.apply({
    apps: [{ applicationId: 'Quick', preset: 'MCP', name: 'Quick', tokens: { lifetime: '5m' } }],
  });
  const { tenant, operator, core } = world;
  expect(await core.admin.apps.get(tenant, operator, 'Quick')).toMatchObject({
    template: 'OAuth2Server',
    generalUsage: { registration: 'open', clientMetadataDocuments: true, audience: null },
    tokens: { lifetime: '5m', issueRefreshTokens: true },
    scope: { userMustConfirm: true, definitions: [{ name: 'mcp' }] },
  });
});
