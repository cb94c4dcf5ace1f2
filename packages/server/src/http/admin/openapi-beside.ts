/** What the server serves beside `/api/v1`, for the same description: OAuth, the vendor's calls, what anyone may read. */
import { CALLS, SIGN_IN_CALLS } from '../vendor/calls.js';
import type { DocumentedCall } from '../vendor/rpc.js';

type Schema = Record<string, unknown>;

/** An operation of OpenAPI, as far as it is written here. */
interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: 'path' | 'query'; required: boolean; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

/** By path and, in lower case, method. */
export type Paths = Record<string, Record<string, Operation>>;

export const TAGS = [
  {
    name: 'OAuth',
    description: 'OAuth 2.0 and OpenID Connect, per app. Application IDs compare in any case.',
  },
  {
    name: 'Vendor',
    description:
      "The vendor's calls, for scripts and SDKs written for it. Paths and argument names compare in any case; every answer is the envelope.",
  },
  { name: 'Open', description: 'What anyone may read.' },
];

export function pathsBeside(): Paths {
  const paths: Paths = { ...openPaths() };
  for (const call of [...SIGN_IN_CALLS, ...CALLS]) paths[call.path] = vendorOperations(call);
  for (const { path, methods } of OAUTH)
    paths[path] = Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [method, oauthOperation(path, method, operation)]),
    );
  return paths;
}

const text: Schema = { type: 'string' };
const json = (schema: Schema) => ({ 'application/json': { schema } });

const ENVELOPE: Schema = {
  type: 'object',
  required: ['success', 'Result', 'Message'],
  properties: {
    success: { type: 'boolean' },
    Result: {},
    Message: { type: ['string', 'null'] },
    MessageID: { type: ['string', 'null'] },
    Exception: { type: ['string', 'null'] },
    ErrorID: { type: ['string', 'null'] },
    ErrorCode: { type: ['string', 'null'] },
    IsSoftError: { type: 'boolean' },
    InnerExceptions: { type: 'null' },
  },
};

/** Calls that need no sign-in. */
const ANONYMOUS_CALLS = ['/Security/StartAuthentication', '/Security/AdvanceAuthentication'];

function vendorOperations({ path, methods = ['POST'], does }: DocumentedCall): Record<string, Operation> {
  const name = path.slice(1).replaceAll('/', '_');
  const operations = methods.map((method): [string, Operation] => [
    method.toLowerCase(),
    {
      operationId: method === 'POST' ? name : `${name}_${method.toLowerCase()}`,
      summary: does,
      tags: ['Vendor'],
      ...(ANONYMOUS_CALLS.includes(path) && { security: [] }),
      ...(method === 'POST' && {
        requestBody: { required: false, content: json({ type: ['object', 'array'] }) },
      }),
      responses: {
        '200': { description: 'Done, or with `success: false` refused', content: json(ENVELOPE) },
        '4XX': { description: 'Refused before the call was made', content: json(ENVELOPE) },
      },
    },
  ]);
  return Object.fromEntries(operations);
}

interface OAuthOperation {
  summary: string;
  /** Names of what goes in the query, or in the form of a POST. */
  fields?: readonly string[];
  /** 200 with JSON unless told. */
  success?: { status: string; description: string };
  security?: Record<string, string[]>[];
}

const CLIENT: Record<string, string[]>[] = [{ client: [] }, {}];
const CLIENT_FIELDS = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];
const AUTHORIZE_FIELDS = [
  ...['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'nonce', 'prompt', 'max_age'],
  ...['code_challenge', 'code_challenge_method', 'response_mode', 'request_uri', 'login_hint', 'claims'],
];
const REDIRECT = {
  status: '302',
  description: 'To the login page, to the consent page, or back to the client',
};

/** @see RFC 6749, RFC 7009, RFC 7662, RFC 8414, RFC 9126, RFC 9728, OpenID Connect Core 1.0 */
const OAUTH: readonly { path: string; methods: Record<string, OAuthOperation> }[] = [
  {
    path: '/oauth2/authorize/{applicationId}',
    methods: {
      get: { summary: 'Begin an authorization', fields: AUTHORIZE_FIELDS, success: REDIRECT, security: [] },
      post: { summary: 'Begin an authorization', fields: AUTHORIZE_FIELDS, success: REDIRECT, security: [] },
    },
  },
  {
    path: '/oauth2/confirm/{applicationId}',
    methods: {
      post: {
        summary: 'Answer the consent page',
        fields: ['bounce', 'result', 'scopes'],
        success: REDIRECT,
      },
    },
  },
  {
    path: '/oauth2/par/{applicationId}',
    methods: {
      post: {
        summary: 'Push an authorization request',
        fields: [...AUTHORIZE_FIELDS, 'client_secret'],
        success: { status: '201', description: 'The request is kept under a request_uri' },
        security: CLIENT,
      },
    },
  },
  {
    path: '/oauth2/token/{applicationId}',
    methods: {
      post: {
        summary: 'Get a token',
        fields: [
          ...['grant_type', 'code', 'redirect_uri', 'code_verifier', 'refresh_token'],
          ...['username', 'password', 'device_code', 'scope', ...CLIENT_FIELDS],
        ],
        security: CLIENT,
      },
    },
  },
  {
    path: '/oauth2/device/{applicationId}',
    methods: {
      post: {
        summary: 'Begin a device authorization',
        fields: ['scope', ...CLIENT_FIELDS],
        security: CLIENT,
      },
    },
  },
  {
    path: '/oauth2/introspect/{applicationId}',
    methods: {
      post: {
        summary: 'Ask what a token is worth',
        fields: ['token', 'token_type_hint', ...CLIENT_FIELDS],
        security: [{ client: [] }, { bearer: [] }],
      },
    },
  },
  {
    path: '/oauth2/revoke/{applicationId}',
    methods: {
      post: {
        summary: 'End a token',
        fields: ['token', 'token_type_hint', ...CLIENT_FIELDS],
        success: { status: '200', description: 'The token is worth nothing, or was not before' },
        security: CLIENT,
      },
    },
  },
  {
    path: '/oauth2/userinfo/{applicationId}',
    methods: {
      get: { summary: 'Read about the user', security: [{ bearer: [] }] },
      post: { summary: 'Read about the user', fields: [], security: [{ bearer: [] }] },
    },
  },
  {
    path: '/oauth2/keys/{applicationId}',
    methods: { get: { summary: 'Read the keys that verify tokens', security: [] } },
  },
  {
    path: '/oauth2/endsession/{applicationId}',
    methods: {
      get: {
        summary: 'Sign out',
        fields: ['id_token_hint', 'post_logout_redirect_uri', 'state', 'client_id'],
        success: { status: '200', description: 'A page that asks, or that says that it is done' },
        security: [],
      },
    },
  },
  {
    path: '/{applicationId}/.well-known/openid-configuration',
    methods: { get: { summary: 'Read the metadata of the app', security: [] } },
  },
  {
    path: '/.well-known/oauth-authorization-server/{applicationId}',
    methods: { get: { summary: 'Read the metadata of the app, by RFC 8414', security: [] } },
  },
  {
    path: '/.well-known/oauth-protected-resource',
    methods: { get: { summary: "Read which issuers' tokens this API takes", security: [] } },
  },
];

const OAUTH_ERROR: Schema = {
  type: 'object',
  required: ['error'],
  properties: { error: text, error_description: text },
};

function oauthOperation(path: string, method: string, operation: OAuthOperation): Operation {
  const { summary, fields = [], success, security } = operation;
  const { status, description } = success ?? { status: '200', description: 'Done' };
  const properties = Object.fromEntries(fields.map((name) => [name, text]));
  const form = { 'application/x-www-form-urlencoded': { schema: { type: 'object', properties } } };
  const inPath = path.includes('{applicationId}')
    ? [{ name: 'applicationId', in: 'path' as const, required: true, schema: text }]
    : [];
  const inQuery = method === 'get' ? fields : [];
  return {
    operationId: `${method}_${path.replace(/[{}]/g, '').replace(/\W+/g, '_').replace(/^_/, '')}`,
    summary,
    tags: ['OAuth'],
    ...(security && { security }),
    parameters: [
      ...inPath,
      ...inQuery.map((name) => ({ name, in: 'query' as const, required: false, schema: text })),
    ],
    ...(method === 'post' && { requestBody: { required: fields.length > 0, content: form } }),
    responses: {
      ...(status === '302' && {
        '200': { description: 'A page: the consent, or a form that posts the answer' },
      }),
      [status]: success ? { description } : { description, content: json({ type: 'object' }) },
      '4XX': { description: 'A refusal, as RFC 6749 section 5.2 has it', content: json(OAUTH_ERROR) },
    },
  };
}

function openPaths(): Paths {
  const open = {
    '/sysinfo/dummy': ['A page where sample clients let a code land', 'text/html'],
    '/sysinfo/version': ['Read the version', 'application/json'],
    '/sysinfo/about': ['Read the version and the tenant', 'application/json'],
    '/health/live': ['Whether the process runs', 'application/json'],
    '/health/ready': ['Whether the server can serve', 'application/json'],
  } as const;
  return Object.fromEntries(
    Object.entries(open).map(([path, [summary, type]]) => {
      const schema = type === 'text/html' ? text : { type: 'object' };
      const responses = {
        '200': { description: 'Done', content: { [type]: { schema } } },
        '4XX': { description: 'Another host or method was asked for' },
        ...(path === '/health/ready' && { '503': { description: 'Not ready' } }),
      };
      const operationId = `get${path.replaceAll('/', '_')}`;
      return [path, { get: { operationId, summary, tags: ['Open'], security: [], responses } }];
    }),
  );
}
