/** The browser's part of a flow, request by request: authorize, the two authentication calls, authorize again, consent. */
import { type PostmanRequest, request } from './request.js';
import { CONFIRMED_SCOPES, LOCATION, SESSION_COOKIE } from './scripts.js';

/** What of an app decides how its users sign in. */
export interface SignInShape {
  /** Begins the names of the requests. */
  title: string;
  responseType: 'code' | 'token';
  userMustConfirm: boolean;
  requirePar: boolean;
  /** Name of the request that follows the redirect back; null when the flow's next one is named by nobody. */
  next: string;
  /** What to do with the answer that comes by redirect, in JavaScript; `parameter(name)` reads it. */
  onRedirect: string;
}

export function signIn(shape: SignInShape): PostmanRequest[] {
  return [
    ...(shape.requirePar ? [push(shape)] : []),
    authorize(shape),
    ...authenticate(shape.title),
    authorizeAgain(shape),
    ...(shape.userMustConfirm ? [confirm(shape)] : []),
  ];
}

/** The two calls of a sign-in, which leave the session's cookie in `session`. */
export function authenticate(title: string): PostmanRequest[] {
  return [startAuthentication(title), advanceAuthentication(title)];
}

const PKCE = `
const { enc, lib, SHA256 } = require('crypto-js');
const base64url = (words) => enc.Base64.stringify(words).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '');
const verifier = base64url(lib.WordArray.random(32));
pm.collectionVariables.set('codeVerifier', verifier);
pm.collectionVariables.set('codeChallenge', base64url(SHA256(verifier)));
pm.collectionVariables.set('state', base64url(lib.WordArray.random(16)));
`;

function parametersOf({ responseType }: SignInShape): Record<string, string> {
  return {
    response_type: responseType,
    client_id: '{{clientId}}',
    redirect_uri: '{{redirectUri}}',
    scope: '{{scope}}',
    state: '{{state}}',
    ...(responseType === 'code' && {
      code_challenge: '{{codeChallenge}}',
      code_challenge_method: 'S256',
    }),
  };
}

function push(shape: SignInShape): PostmanRequest {
  return request({
    name: `${shape.title}: push the request`,
    path: 'oauth2/par/{{appId}}',
    form: { ...parametersOf(shape), client_secret: '{{clientSecret}}' },
    description: 'This app takes pushed authorization requests only (RFC 9126).',
    before: PKCE,
    tests: `
pm.test('the request is kept under a request_uri', () => pm.response.to.have.status(201));
pm.collectionVariables.set('requestUri', pm.response.json().request_uri);`,
  });
}

function authorize(shape: SignInShape): PostmanRequest {
  const query = shape.requirePar
    ? { client_id: '{{clientId}}', request_uri: '{{requestUri}}' }
    : parametersOf(shape);
  return request({
    name: `${shape.title}: authorize`,
    method: 'GET',
    path: 'oauth2/authorize/{{appId}}',
    query,
    description:
      'Where the client sends the browser. Nobody is signed in, so it is sent on to the login page.',
    ...(shape.requirePar ? {} : { before: PKCE }),
    tests: `
${LOCATION}
pm.test('the browser is sent to the login page', () => {
  pm.response.to.have.status(302);
  pm.expect(location).to.match(/^\\/login\\?cloudRedirect=/);
});
pm.collectionVariables.set('bounce', (/bounce=([^&]+)/.exec(parameter('cloudRedirect')) ?? [])[1] ?? '');`,
  });
}

function startAuthentication(title: string): PostmanRequest {
  return request({
    name: `${title}: StartAuthentication`,
    path: 'Security/StartAuthentication',
    headers: { 'X-IDAP-NATIVE-CLIENT': 'true' },
    json: { User: '{{username}}', Version: '1.0' },
    description: 'What the login page does first: asks which challenges this user has to meet.',
    tests: `
const { success, Result, Message } = pm.response.json();
pm.test('the challenges come back, the password first', () => {
  pm.expect(success, Message).to.be.true;
  pm.expect(Result.Summary).to.equal('NewPackage');
});
pm.collectionVariables.set('sessionId', Result.SessionId);
const password = Result.Challenges[0].Mechanisms.find((mechanism) => mechanism.Name === 'UP');
pm.collectionVariables.set('mechanismId', password ? password.MechanismId : '');`,
  });
}

function advanceAuthentication(title: string): PostmanRequest {
  return request({
    name: `${title}: AdvanceAuthentication`,
    path: 'Security/AdvanceAuthentication',
    headers: { 'X-IDAP-NATIVE-CLIENT': 'true' },
    json: {
      SessionId: '{{sessionId}}',
      MechanismId: '{{mechanismId}}',
      Action: 'Answer',
      Answer: '{{password}}',
    },
    description:
      'Answers the password. A user with a second factor is asked for it next: send this request again with the MechanismId and Answer of that factor.',
    tests: `
const { Result, Message } = pm.response.json();
pm.test('the sign-in is complete', () =>
  pm.expect(Result && Result.Summary, Message ?? 'more is asked than a password').to.equal('LoginSuccess'));
const set = pm.response.headers.filter((header) => header.key.toLowerCase() === 'set-cookie');
const session = set.map((header) => header.value).find((value) => value.startsWith('${SESSION_COOKIE}='));
pm.test('the session cookie is set', () => pm.expect(session).to.be.a('string'));
pm.collectionVariables.set('session', session.split(';')[0].slice('${SESSION_COOKIE}='.length));`,
  });
}

function authorizeAgain(shape: SignInShape): PostmanRequest {
  const { userMustConfirm, next } = shape;
  return request({
    name: `${shape.title}: authorize again`,
    method: 'GET',
    path: 'Oauth2/Authorize/{{appId}}',
    query: { bounce: '{{bounce}}' },
    headers: { Cookie: `${SESSION_COOKIE}={{session}}`, Accept: 'text/html' },
    description: 'The login page sends the browser back here, now with its session.',
    tests: userMustConfirm
      ? `
${LOCATION}
if (pm.response.code === 302) {
  // Allowed before, and remembered: there is nothing to confirm.
  ${redirected(shape)}
  pm.execution.setNextRequest('${next}');
} else {
  pm.test('the user is asked to allow access', () => pm.response.to.have.status(200));
  const field = /name="bounce" value="([^"]*)"/.exec(pm.response.text()) ?? [];
  pm.collectionVariables.set('bounce', field[1] ?? '');
}`
      : `${LOCATION}\n${redirected(shape)}`,
  });
}

function confirm(shape: SignInShape): PostmanRequest {
  return request({
    name: `${shape.title}: confirm`,
    path: 'OAuth2/Confirm/{{appId}}',
    headers: { Cookie: `${SESSION_COOKIE}={{session}}`, 'X-IDAP-NATIVE-CLIENT': 'true' },
    form: { bounce: '{{bounce}}', result: '1', scopes: '{{confirmedScopes}}' },
    description: 'The answer to the consent page: result=1 allows, result=0 denies.',
    before: CONFIRMED_SCOPES,
    tests: `${LOCATION}\n${redirected(shape)}`,
  });
}

function redirected({ onRedirect }: SignInShape): string {
  return `pm.test('the browser is sent back to the client', () => {
  pm.expect(location.startsWith(pm.variables.get('redirectUri')), location || 'no redirect').to.be.true;
  pm.expect(parameter('error'), parameter('error_description')).to.equal('');
  pm.expect(parameter('state')).to.equal(pm.variables.get('state'));
});
${onRedirect}`;
}
