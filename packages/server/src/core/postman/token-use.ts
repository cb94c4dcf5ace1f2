/** What is done with a token, whatever grant it came from. */
import { type PostmanRequest, request } from './request.js';
import { KEEP_TOKEN } from './scripts.js';

/** What of an app and a grant decides what its tokens can do. */
export interface TokenShape {
  title: string;
  /** Whether a person stands behind it, whom userinfo can tell of. */
  isUsers: boolean;
  isRefreshable: boolean;
  /** Whether it speaks to this server at all, and whether its scopes open whoami. */
  whoami: 'opened' | 'not opened' | 'another API';
}

/** Whoever asks: a confidential client by its secret; the secret of a public one is ignored. */
export const CLIENT = { client_id: '{{clientId}}', client_secret: '{{clientSecret}}' } as const;
const BEARER = { Authorization: 'Bearer {{accessToken}}' } as const;

export function useToken(shape: TokenShape): PostmanRequest[] {
  return [
    ...(shape.whoami === 'another API' ? [] : [whoami(shape)]),
    ...(shape.isUsers ? [userinfo(shape)] : []),
    introspect(shape),
    ...(shape.isRefreshable ? [refresh(shape)] : []),
    revoke(shape),
    ...(shape.whoami === 'another API' ? [] : [whoamiRevoked(shape)]),
  ];
}

function whoami({ title, whoami: rule }: TokenShape): PostmanRequest {
  return request({
    name: `${title}: whoami`,
    path: 'security/whoami',
    headers: BEARER,
    json: [],
    description: 'Calls the API with the token. The scopes of the token decide whether it may.',
    tests:
      rule === 'opened'
        ? `
const { success, Result, Message } = pm.response.json();
pm.test('the API knows who calls', () => {
  pm.response.to.have.status(200);
  pm.expect(success, Message).to.be.true;
  pm.expect(Result.User).to.be.a('string');
});`
        : `
// No scope of this app has a REST Regex that matches security/whoami.
pm.test('the call is outside the scopes of the token', () => {
  pm.response.to.have.status(403);
  pm.expect(pm.response.headers.get('WWW-Authenticate')).to.include('insufficient_scope');
});`,
  });
}

function userinfo({ title }: TokenShape): PostmanRequest {
  return request({
    name: `${title}: userinfo`,
    method: 'GET',
    path: 'oauth2/userinfo/{{appId}}',
    headers: BEARER,
    description: 'Tells about the user, as far as the scopes go; needs the scope openid.',
    tests: `
pm.test('userinfo tells who the user is', () => {
  pm.response.to.have.status(200);
  pm.expect(pm.response.json().sub).to.be.a('string');
});`,
  });
}

function introspect({ title }: TokenShape): PostmanRequest {
  return request({
    name: `${title}: introspect`,
    path: 'oauth2/introspect/{{appId}}',
    headers: BEARER,
    form: { token: '{{accessToken}}' },
    description: 'Asks what the token is worth (RFC 7662); asked with the token itself.',
    tests: `
pm.test('the token is active', () => {
  pm.response.to.have.status(200);
  pm.expect(pm.response.json().active).to.be.true;
});`,
  });
}

function refresh({ title }: TokenShape): PostmanRequest {
  return request({
    name: `${title}: refresh`,
    path: 'oauth2/token/{{appId}}',
    form: { grant_type: 'refresh_token', refresh_token: '{{refreshToken}}', ...CLIENT },
    description: 'A new access token, and a new refresh token in place of the one used.',
    tests: KEEP_TOKEN,
  });
}

function revoke({ title }: TokenShape): PostmanRequest {
  return request({
    name: `${title}: revoke`,
    path: 'oauth2/revoke/{{appId}}',
    form: { token: '{{accessToken}}', ...CLIENT },
    description: 'Ends the token (RFC 7009).',
    tests: `pm.test('the token is revoked', () => pm.response.to.have.status(200));`,
  });
}

function whoamiRevoked({ title }: TokenShape): PostmanRequest {
  return request({
    name: `${title}: whoami after revocation`,
    path: 'security/whoami',
    headers: BEARER,
    json: [],
    description: 'A revoked token opens nothing.',
    tests: `pm.test('the API refuses the token', () => pm.response.to.have.status(401));`,
  });
}
