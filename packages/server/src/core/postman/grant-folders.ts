/** Each grant that an app allows as a folder: how the token is got, then what is done with it. */
import type { App } from '@sallyport/contract';
import { createPatternMatcher } from '../scope-patterns.js';
import { deviceRequests } from './device.js';
import { type PostmanFolder, type PostmanRequest, request } from './request.js';
import { KEEP_TOKEN } from './scripts.js';
import { signIn } from './sign-in.js';
import { CLIENT, type TokenShape, useToken } from './token-use.js';

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

/** Those that the app allows, in the order of the portal. */
export function grantFolders(app: App): PostmanFolder[] {
  return GRANTS.flatMap(({ authMethod, folder }) =>
    app.tokens.authMethods.includes(authMethod) ? [folder(app)] : [],
  );
}

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
