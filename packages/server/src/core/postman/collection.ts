/**
 * An app's endpoints as a Postman collection that runs from top to bottom: each grant that the app allows, and what
 * is done with its token. Made from the app's settings; holds no secret.
 */
import type { App, PostmanCollection, PostmanEnvironment } from '@sallyport/contract';
import { createPatternMatcher } from '../scope-patterns.js';
import { deviceRequests } from './device.js';
import { type PostmanFolder, type PostmanRequest, request } from './request.js';
import { KEEP_TOKEN } from './scripts.js';
import { signIn } from './sign-in.js';
import { CLIENT, type TokenShape, useToken } from './token-use.js';

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

/** The whole collection; `publicUrl` is the server's. */
export function postmanCollection(app: App, publicUrl: string): PostmanCollection {
  const item = GRANTS.flatMap(({ authMethod, folder }) =>
    app.tokens.authMethods.includes(authMethod) ? [folder(app)] : [],
  );
  return {
    info: { name: `${app.name} (${app.applicationId})`, description: description(app), schema: SCHEMA },
    item: item.map((folder) => ({ ...folder })),
    variable: variables(app, publicUrl).map(({ key, value, about }) => ({
      key,
      value,
      description: about,
      type: 'string',
    })),
  };
}

/** The values it reads, to be kept apart from it: the secrets are to be filled in here. */
export function postmanEnvironment(app: App, publicUrl: string): PostmanEnvironment {
  return {
    name: `${app.name} on ${new URL(publicUrl).host}`,
    values: variables(app, publicUrl).map(({ key, value, isSecret }) => ({
      key,
      value,
      type: isSecret ? 'secret' : 'default',
      enabled: true,
    })),
    _postman_variable_scope: 'environment',
  };
}

interface Grant {
  /** As in the app's Auth Methods. */
  authMethod: string;
  folder(app: App): PostmanFolder;
}

const GRANTS: readonly Grant[] = [
  { authMethod: 'authCode', folder: authorizationCode },
  { authMethod: 'implicit', folder: implicit },
  { authMethod: 'clientCreds', folder: clientCredentials },
  { authMethod: 'resourceOwner', folder: resourceOwner },
  { authMethod: 'deviceCode', folder: deviceCode },
  { authMethod: 'tokenExchange', folder: tokenExchange },
];

function authorizationCode(app: App): PostmanFolder {
  const title = 'Authorization code';
  return {
    name: title,
    description: 'A user signs in with the browser and the client gets a code for a token.',
    item: [...codeForToken(app, title), ...useToken({ ...tokenShape(app, title), isUsers: true })],
  };
}

/** From the first request to the token of a user who signs in. */
function codeForToken(app: App, title: string): PostmanRequest[] {
  const next = `${title}: token`;
  const shape = {
    ...signInShape(app, title),
    responseType: 'code' as const,
    next,
    onRedirect: `pm.collectionVariables.set('code', parameter('code'));`,
  };
  const exchange = request({
    name: next,
    path: 'oauth2/token/{{appId}}',
    form: {
      grant_type: 'authorization_code',
      code: '{{code}}',
      redirect_uri: '{{redirectUri}}',
      code_verifier: '{{codeVerifier}}',
      ...CLIENT,
    },
    description: 'Exchanges the code, once.',
    tests: KEEP_TOKEN,
  });
  return [...signIn(shape), exchange];
}

function implicit(app: App): PostmanFolder {
  const title = 'Implicit';
  const tokens = useToken({ ...tokenShape(app, title), isUsers: true, isRefreshable: false });
  const shape = {
    ...signInShape(app, title),
    responseType: 'token' as const,
    next: tokens[0]?.name ?? '',
    onRedirect: `pm.test('the token comes in the fragment', () => pm.expect(parameter('access_token')).not.to.equal(''));
pm.collectionVariables.set('accessToken', parameter('access_token'));`,
  };
  return {
    name: title,
    description: 'The token comes back in the fragment of the redirect. Kept for old clients.',
    item: [...signIn(shape), ...tokens],
  };
}

function clientCredentials(app: App): PostmanFolder {
  const title = 'Client credentials';
  const shape = { ...tokenShape(app, title), isUsers: false, isRefreshable: false };
  return {
    name: title,
    description: 'A program gets a token for itself.',
    item: [tokenForItself(title), ...useToken(shape)],
  };
}

function tokenForItself(title: string): PostmanRequest {
  return request({
    name: `${title}: token`,
    path: 'oauth2/token/{{appId}}',
    form: { grant_type: 'client_credentials', scope: '{{clientScope}}', ...CLIENT },
    description: 'A confidential client acts for itself.',
    // No user: what openid would tell is not there.
    before: `const scopes = pm.variables.get('scope').split(' ').filter((name) => name !== 'openid');
pm.collectionVariables.set('clientScope', scopes.join(' '));`,
    tests: KEEP_TOKEN,
  });
}

function resourceOwner(app: App): PostmanFolder {
  const title = 'Resource owner';
  return {
    name: title,
    description: 'A client that the user trusts with the password.',
    item: [tokenForPassword(title), ...useToken({ ...tokenShape(app, title), isUsers: true })],
  };
}

function tokenForPassword(title: string): PostmanRequest {
  return request({
    name: `${title}: token`,
    path: 'oauth2/token/{{appId}}',
    form: {
      grant_type: 'password',
      username: '{{username}}',
      password: '{{password}}',
      scope: '{{scope}}',
      ...CLIENT,
    },
    description: 'The client holds the password of the user, who has no second factor.',
    tests: KEEP_TOKEN,
  });
}

function deviceCode(app: App): PostmanFolder {
  const title = 'Device code';
  return {
    name: title,
    description: 'A device without a browser shows a code, and its user allows it elsewhere.',
    item: [...deviceRequests(title), ...useToken({ ...tokenShape(app, title), isUsers: true })],
  };
}

/** What is exchanged comes from the grant of the app that asks least; without any, it is to be filled in. */
function tokenExchange(app: App): PostmanFolder {
  const title = 'Token exchange';
  const { authMethods } = app.tokens;
  const first = () => {
    if (authMethods.includes('resourceOwner')) return [tokenForPassword(title)];
    if (authMethods.includes('clientCreds')) return [tokenForItself(title)];
    return authMethods.includes('authCode') ? codeForToken(app, title) : [];
  };
  return {
    name: title,
    description:
      'An API that received a token calls the next one in the name of the same user (RFC 8693). Without another grant in the app, put the token received into accessToken.',
    item: [
      ...first(),
      exchangeToken(title),
      // An exchanged token is no sign-in: it tells nothing about the user, and cannot be refreshed.
      ...useToken({ ...tokenShape(app, title), isUsers: false, isRefreshable: false }),
    ],
  };
}

function exchangeToken(title: string): PostmanRequest {
  return request({
    name: `${title}: exchange`,
    path: 'oauth2/token/{{appId}}',
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: '{{accessToken}}',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      ...CLIENT,
    },
    description:
      'A token that reaches no further than the first. `audience` or `resource` names another API.',
    tests: `${KEEP_TOKEN}
pm.test('it says what was issued', () =>
  pm.expect(token.issued_token_type).to.equal('urn:ietf:params:oauth:token-type:access_token'));`,
  });
}

function signInShape({ scope, generalUsage }: App, title: string) {
  return { title, userMustConfirm: scope.userMustConfirm, requirePar: generalUsage.requirePar };
}

function tokenShape({ template, tokens, scope }: App, title: string): Omit<TokenShape, 'isUsers'> {
  const patterns = scope.definitions.flatMap(({ restRegex }) => restRegex);
  const isOpened = createPatternMatcher(patterns).matches('security/whoami');
  return {
    title,
    isRefreshable: tokens.issueRefreshTokens,
    whoami: template !== 'OAuth2Client' ? 'another API' : isOpened ? 'opened' : 'not opened',
  };
}

interface Variable {
  key: string;
  value: string;
  about: string;
  isSecret?: boolean;
}

function variables(app: App, publicUrl: string): Variable[] {
  const { applicationId, generalUsage, scope } = app;
  const { redirects } = generalUsage;
  const redirectUri = redirects.find((uri) => uri.endsWith('/sysinfo/dummy')) ?? redirects[0] ?? '';
  return [
    { key: 'endpoint', value: publicUrl, about: 'the server, without a trailing slash' },
    { key: 'appId', value: applicationId, about: 'Application ID' },
    { key: 'clientId', value: clientId(app), about: 'client_id; of a confidential client its login name' },
    { key: 'clientSecret', value: '', about: 'password of a confidential client', isSecret: true },
    { key: 'redirectUri', value: redirectUri, about: "one of the app's Redirects" },
    {
      key: 'scope',
      value: [...scope.definitions.map(({ name }) => name), 'openid'].join(' '),
      about: 'scopes to ask for',
    },
    { key: 'username', value: '', about: 'login name of a user who may use the app' },
    { key: 'password', value: '', about: "that user's password", isSecret: true },
  ];
}

/** Any name will do where the app takes any and nobody must authenticate. */
function clientId({ generalUsage, tokens }: App): string {
  if (generalUsage.clientIdType === 'list') return generalUsage.allowedClients[0] ?? '';
  if (generalUsage.clientIdType === 'confidential' || tokens.authMethods.includes('clientCreds')) return '';
  return 'postman';
}

function description({ applicationId, enabled }: App): string {
  return `Every grant that the app ${applicationId} allows, from the first request to the revocation of the token. Fill in the environment: client, user and their secrets. Then run the folders from top to bottom; each request hands on what the next one needs.${enabled ? '' : '\n\nThe app is disabled: every request will be refused.'}`;
}
