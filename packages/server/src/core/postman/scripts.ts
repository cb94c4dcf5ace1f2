/** Snippets that the scripts of several requests begin with. */

/** The vendor's name, which its clients read. protocol 1.4 */
export const SESSION_COOKIE = '.ASPXAUTH';

/** `location` of a redirect, and `parameter(name)` out of its query or fragment. */
export const LOCATION = `const location = pm.response.headers.get('Location') ?? '';
const parameter = (name) =>
  decodeURIComponent((new RegExp('[?&#]' + name + '=([^&#]*)').exec(location) ?? [])[1] ?? '');`;

/** Every scope that was asked for, as the vendor's consent page lists those allowed. */
export const CONFIRMED_SCOPES = `pm.collectionVariables.set('confirmedScopes', pm.variables.get('scope').split(' ').join(','));`;

/** Keeps what the token endpoint answered. */
export const KEEP_TOKEN = `const token = pm.response.json();
pm.test('an access token comes back', () => {
  pm.expect(token.error_description).to.equal(undefined);
  pm.response.to.have.status(200);
  pm.expect(token.token_type).to.equal('Bearer');
  pm.expect(token.expires_in).to.be.above(0);
});
pm.collectionVariables.set('accessToken', token.access_token);
if (token.refresh_token) pm.collectionVariables.set('refreshToken', token.refresh_token);`;
