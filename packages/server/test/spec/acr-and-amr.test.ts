/** How a sign-in is told of in ID tokens. @see OpenID Connect Core 1.0 sections 2, 3.1.2.1 and 5.5.1.1, RFC 8176 */
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { authenticationMethods } from '../../src/core/tokens/authentication-methods.js';
import { ADA, type Answer, describeWorld, type World } from './support/world.js';

const PROFILES = {
  authentication: {
    profiles: [
      { name: 'password', challenges: [['UP']] },
      { name: 'two-steps', challenges: [['UP'], ['OATH']] },
      { name: 'not a token', challenges: [['UP']] },
    ],
    rules: [],
  },
};

const idTokenOf = ({ id_token }: Answer) => decodeJwt(id_token);

async function signedIn(world: World, asked: Record<string, string> = {}): Promise<Answer> {
  const { cookie } = await world.signIn(ADA);
  return world.tokens(cookie, { scope: 'openid all', ...asked });
}

describeWorld(
  'acr and amr',
  (world) => {
    test('amr tells how the user signed in; acr stays out when no profile was asked for', async () => {
      const claims = idTokenOf(await signedIn(world()));
      expect(claims.amr).toEqual(['pwd']);
      expect(claims).not.toHaveProperty('acr');
    });

    test('acr is the profile that acr_values asked for and the sign-in met, after a refresh too', async () => {
      const tokens = await signedIn(world(), { acr_values: 'unheard-of password' });
      expect(idTokenOf(tokens)).toMatchObject({ acr: 'password', amr: ['pwd'] });
      const refreshed = await world().token({
        grant_type: 'refresh_token',
        client_id: 'cli',
        refresh_token: tokens.refresh_token,
      });
      expect(idTokenOf((await refreshed.json()) as Answer)).toMatchObject({ acr: 'password', amr: ['pwd'] });
    });

    test('the claims parameter asks for it as well, and what is not met leads back to the sign-in', async () => {
      const asking = (value: string) =>
        JSON.stringify({ id_token: { acr: { essential: true, values: [value] } } });
      const met = await signedIn(world(), { claims: asking('password') });
      expect(idTokenOf(met).acr).toBe('password');
      const { cookie } = await world().signIn(ADA);
      const unmet = await world().authorize({ scope: 'openid', claims: asking('two-steps') }, { cookie });
      expect(unmet.headers.get('location')).toMatch(/^\/login\?.*prompt=step-up/);
    });

    test('discovery names the profiles that can be asked for, as they are now, and both claims', async () => {
      const path = '/MyApp/.well-known/openid-configuration';
      const read = async () => (await (await world().fetch(path)).json()) as Record<string, unknown>;
      const document = await read();
      expect(document.acr_values_supported).toEqual(['password', 'two-steps']);
      expect(document.claims_supported).toEqual(expect.arrayContaining(['acr', 'amr']));
      expect(document.ui_locales_supported).toEqual(['en', 'de']);
      await world().apply({ authentication: { profiles: [], rules: [] } });
      expect(await read()).not.toHaveProperty('acr_values_supported');
      await world().apply(PROFILES);
    });
  },
  (world) => world.apply(PROFILES),
);

test.each([
  [['UP'], ['pwd']],
  [
    ['UP', 'OATH', 'DEVICE:1'],
    ['pwd', 'otp', 'mfa'],
  ],
  [['PASSKEY'], ['pop']],
  [
    ['UP', 'SMS'],
    ['pwd', 'sms', 'mfa'],
  ],
  [[], []],
  [['RESET'], []],
])('a sign-in by %j is told as %j', (mechanisms, values) => {
  expect(authenticationMethods(mechanisms)).toEqual(values);
});
