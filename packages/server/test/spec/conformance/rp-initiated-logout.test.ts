/** The OpenID Foundation's plan RP-Initiated Logout: one test per module, named after it. */
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { describeWorld, type World } from '../support/world.js';
import type { Stop } from './browser.js';
import { unsigned } from './modules.js';
import {
  APP_ID,
  CLIENT,
  createRun,
  expectErrorPage,
  expectRefusal,
  LOGGED_OUT,
  prepare,
  type Run,
} from './suite.js';

type Parameters = Record<string, string>;

/** Signs in, takes the code flow to its end, and then asks to sign out. */
async function signedIn(world: World) {
  const run = createRun(world, {
    name: 'oidcc-rp-initiated-logout-certification',
    responseType: 'code id_token',
  });
  const outcome = await run.authorize({ state: 'y'.repeat(128) });
  await run.tokens(outcome);
  const hint = outcome.answer.get('id_token') ?? '';
  return { run, hint, endSession: (parameters: Parameters) => endSession(run, parameters) };
}

function endSession(run: Run, parameters: Parameters, answers = { 'logout-yes': {} }): Promise<Stop> {
  return run.browser.open(`/oauth2/endsession/${APP_ID}?${new URLSearchParams(parameters)}`, answers);
}

async function expectLoggedOut(run: Run): Promise<void> {
  const silent = await run.authorize({ prompt: 'none' });
  expect(silent.shown).toEqual([]);
  expectRefusal(silent, ['login_required']);
}

const SUITE: Parameters = { post_logout_redirect_uri: LOGGED_OUT, state: 'z'.repeat(128) };

describeWorld(
  'oidcc-rp-initiated-logout-certification',
  (world) => {
    test('oidcc-rp-initiated-logout-discovery-endpoint-verification', async () => {
      const response = await world().fetch(`/${APP_ID}/.well-known/openid-configuration`);
      const { end_session_endpoint: endpoint } = (await response.json()) as Record<string, unknown>;
      expect(endpoint).toBe(`${world().url}/oauth2/endsession/${APP_ID}`);
    });

    test('oidcc-rp-initiated-logout', async () => {
      const { run, hint, endSession } = await signedIn(world());
      const { reached, query, shown } = await endSession({ ...SUITE, id_token_hint: hint });
      expect(shown).toEqual(['logout-yes']);
      expect(reached).toBe(LOGGED_OUT);
      expect(Object.fromEntries(query)).toEqual({ state: SUITE.state });
      await expectLoggedOut(run);
    });

    test('oidcc-rp-initiated-logout-no-state', async () => {
      const { run, hint, endSession } = await signedIn(world());
      const { reached, query } = await endSession({
        post_logout_redirect_uri: LOGGED_OUT,
        id_token_hint: hint,
      });
      expect(reached).toBe(LOGGED_OUT);
      expect([...query]).toEqual([]);
      await expectLoggedOut(run);
    });

    test('oidcc-rp-initiated-logout-bad-post-logout-redirect-uri', async () => {
      const { hint, endSession } = await signedIn(world());
      const bad = { ...SUITE, id_token_hint: hint, post_logout_redirect_uri: `${LOGGED_OUT}/bad` };
      expectErrorPage(
        await endSession(bad),
        'invalid_request',
        /post_logout_redirect_uri is not on the list/,
      );
    });

    test('oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', async () => {
      const { hint, endSession } = await signedIn(world());
      const bad = { ...SUITE, id_token_hint: hint, post_logout_redirect_uri: `${LOGGED_OUT}?foo=bar` };
      expectErrorPage(
        await endSession(bad),
        'invalid_request',
        /post_logout_redirect_uri is not on the list/,
      );
    });

    test('oidcc-rp-initiated-logout-modified-id-token-hint', async () => {
      const { hint, endSession } = await signedIn(world());
      const [, claims = ''] = hint.split('.');
      const modified = unsigned(JSON.parse(Buffer.from(claims, 'base64url').toString()));
      const stop = await endSession({ ...SUITE, id_token_hint: modified });
      expectErrorPage(stop, 'invalid_request', /id_token_hint is no ID token/);
    });

    test('oidcc-rp-initiated-logout-bad-id-token-hint', async () => {
      const { endSession } = await signedIn(world());
      const hint = await new SignJWT({ sub: 'alice' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(CLIENT.loginName)
        .setAudience(`${world().url}/${APP_ID}/`)
        .setExpirationTime('1h')
        .sign(Buffer.from(CLIENT.password.repeat(3)));
      const stop = await endSession({ ...SUITE, id_token_hint: hint });
      expectErrorPage(stop, 'invalid_request', /id_token_hint is no ID token/);
    });

    test('oidcc-rp-initiated-logout-no-id-token-hint', async () => {
      const { endSession } = await signedIn(world());
      expectErrorPage(await endSession(SUITE), 'invalid_request', /needs an id_token_hint/);
    });

    test.each<[string, (hint: string) => Parameters]>([
      ['oidcc-rp-initiated-logout-no-params', () => ({})],
      [
        'oidcc-rp-initiated-logout-no-post-logout-redirect-uri',
        (hint) => ({ id_token_hint: hint, state: 'only' }),
      ],
      ['oidcc-rp-initiated-logout-only-state', () => ({ state: 'only' })],
    ])('%s', async (_, parameters) => {
      const { run, hint, endSession } = await signedIn(world());
      const { reached, html, status } = await endSession(parameters(hint));
      expect([reached, status]).toEqual([null, 200]);
      expect(html).toContain('You are signed out');
      await expectLoggedOut(run);
    });

    test('rule 12, L13: a GET asks and ends nothing', async () => {
      const { run, hint } = await signedIn(world());
      const url = `/oauth2/endsession/${APP_ID}?${new URLSearchParams({ ...SUITE, id_token_hint: hint })}`;
      expect((await run.browser.open(url, { 'logout-yes': null })).shown).toEqual(['logout-yes']);
      expect((await run.authorize({ prompt: 'none' })).answer.has('code')).toBe(true);
    });

    test('a POST is asked about as its GET, and a foreign page cannot answer', async () => {
      const { run, hint } = await signedIn(world());
      const fields = { ...SUITE, id_token_hint: hint };
      const path = `/oauth2/endsession/${APP_ID}`;
      const asked = await world().form(path, fields);
      expect([asked.status, asked.headers.get('location')?.startsWith(`${path}?`)]).toEqual([303, true]);
      const forged = await world().form(path, { form_token: 'guess' }, { origin: 'https://evil.test' });
      expect(forged.status).toBe(403);
      expect((await run.authorize({ prompt: 'none' })).answer.has('code')).toBe(true);
    });

    test('an access token is no id_token_hint', async () => {
      const { run, endSession } = await signedIn(world());
      const { accessToken } = await run.tokens(await run.authorize());
      const stop = await endSession({ ...SUITE, id_token_hint: String(accessToken) });
      expectErrorPage(stop, 'invalid_request', /id_token_hint is no ID token/);
    });
  },
  prepare,
);
