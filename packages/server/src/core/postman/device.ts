/** Device authorization: the device's two requests, and the user's answer on another device between them. */
import { type PostmanRequest, request } from './request.js';
import { CONFIRMED_SCOPES, KEEP_TOKEN, SESSION_COOKIE } from './scripts.js';
import { authenticate } from './sign-in.js';
import { CLIENT } from './token-use.js';

/** From the first request of the device to its token. @see RFC 8628 */
export function deviceRequests(title: string): PostmanRequest[] {
  return [begin(title), ...authenticate(title), typeCode(title), allow(title), token(title)];
}

function begin(title: string): PostmanRequest {
  return request({
    name: `${title}: begin`,
    path: 'oauth2/device/{{appId}}',
    form: { scope: '{{scope}}', ...CLIENT },
    description: 'What the device does first. It then shows user_code and verification_uri to the user.',
    tests: `
const answer = pm.response.json();
pm.test('there is a code to show', () => {
  pm.response.to.have.status(200);
  pm.expect(answer.user_code).to.be.a('string');
  pm.expect(answer.verification_uri).to.equal(pm.variables.get('endpoint') + '/device');
});
pm.collectionVariables.set('deviceCode', answer.device_code);
pm.collectionVariables.set('userCode', answer.user_code);`,
  });
}

const BROWSER = { Cookie: `${SESSION_COOKIE}={{session}}`, 'X-IDAP-NATIVE-CLIENT': 'true' };

function typeCode(title: string): PostmanRequest {
  return request({
    name: `${title}: type the code`,
    path: 'device',
    headers: { ...BROWSER, Accept: 'text/html' },
    form: { user_code: '{{userCode}}' },
    description: 'What the user does at /device, signed in.',
    tests: `
pm.test('the user is asked to allow access', () => {
  pm.response.to.have.status(200);
  pm.expect(pm.response.text()).to.include('id="allow"');
});`,
  });
}

function allow(title: string): PostmanRequest {
  return request({
    name: `${title}: allow`,
    path: 'device',
    headers: { ...BROWSER, Accept: 'text/html' },
    form: { user_code: '{{userCode}}', result: '1', scopes: '{{confirmedScopes}}' },
    description: 'The answer: result=1 allows, result=0 denies.',
    before: CONFIRMED_SCOPES,
    tests: `pm.test('the device is connected', () => pm.expect(pm.response.text()).to.include('id="approved"'));`,
  });
}

function token(title: string): PostmanRequest {
  return request({
    name: `${title}: token`,
    path: 'oauth2/token/{{appId}}',
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: '{{deviceCode}}',
      ...CLIENT,
    },
    description: 'What the device asks again and again, no more often than interval says.',
    tests: KEEP_TOKEN,
  });
}
