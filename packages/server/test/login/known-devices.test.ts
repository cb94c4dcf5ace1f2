/** Remembered devices: earned by more than a password, bound to browser and user, worth what rules say, taken back. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import type { TestServer } from '../support/server.js';
import {
  ADA,
  answer,
  BOB,
  call,
  codeAt,
  mechanism,
  serverWithPeople,
  sessionCookie,
  start,
  TOTP_SECRET,
} from './dance.js';
import { type Outbox, openOutbox } from './outbox.js';

const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const REDIRECT = 'http://127.0.0.1/cb';
const APP = {
  applicationId: 'guarded',
  name: 'Guarded',
  generalUsage: { redirects: [REDIRECT] },
  tokens: { authMethods: ['authCode'], issueRefreshTokens: true },
  scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
  userAccess: { roles: ['Everybody'] },
};
const AUTHENTICATION = {
  profiles: [
    { name: 'Password', challenges: [['UP']] },
    { name: 'Two', challenges: [['UP'], ['OATH']] },
  ],
  rules: [{ device: 'known', profile: 'Password' }, { profile: 'Two' }],
};
const DAY = 86_400_000;

describeOnEveryDatabase('known devices', (database) => {
  const clock = createTestClock();
  let server: TestServer;
  let outbox: Outbox;

  beforeAll(async () => {
    outbox = await openOutbox();
    server = await serverWithPeople(database, { clock, settings: { outboxDir: outbox.folder } });
    const users = [{ loginName: ADA.loginName, totpSecret: TOTP_SECRET }];
    await server.apply({ users, apps: [APP], authentication: AUTHENTICATION });
  });
  afterAll(async () => {
    await server.close();
    await outbox.remove();
  });

  /** The device cookie that a response sets, whole or as `name=value`. */
  function deviceCookie(response: Response): string | undefined {
    return response.headers.getSetCookie().find((line) => line.startsWith('sallyport-device='));
  }
  const pair = (line: string | undefined) => line?.split(';')[0] ?? '';

  async function challengesOf(user: string, cookie = '') {
    const { Challenges } = await start(server, user, cookie ? { cookie } : {});
    return Challenges.map(({ Mechanisms }) => Mechanisms.map(({ Name }) => Name));
  }

  /** Signs in with both factors; `RememberDevice` comes with the last answer. */
  async function both(more: object = {}, cookie = '', user = BOB) {
    clock.advance(30_000);
    const headers: Record<string, string> = cookie ? { cookie } : {};
    const { SessionId, Challenges } = await start(server, user.loginName, headers);
    const up = mechanism(Challenges, 'UP');
    await answer(server, SessionId, up, user.password, { headers });
    const oath = mechanism(Challenges, 'OATH', 1);
    return answer(server, SessionId, oath, codeAt(clock.now()), { headers, body: more });
  }

  async function passwordOnly(user: { loginName: string; password: string }, cookie: string, body = {}) {
    const headers = { cookie };
    const { SessionId, Challenges } = await start(server, user.loginName, headers);
    return answer(server, SessionId, mechanism(Challenges, 'UP'), user.password, { headers, body });
  }

  /** What people were mailed so far. */
  const texts = async () => (await outbox.sent()).map(({ text }) => text);
  const list = async (auth: string) => {
    const response = await server.fetch('/api/v1/me/devices', {
      headers: { authorization: `Bearer ${auth}` },
    });
    return ((await response.json()) as { items: { id: string; current: boolean }[] }).items;
  };
  const forget = (auth: string, id: string) =>
    server.fetch(`/api/v1/me/devices/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${auth}` },
    });

  async function codeFor(cookie: string) {
    const query = new URLSearchParams({
      ...{ client_id: 'cli', redirect_uri: REDIRECT, response_type: 'code', scope: 'all' },
      ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256' },
    });
    const response = await server.fetch(`/oauth2/authorize/guarded?${query}`, { headers: { cookie } });
    return new URL(response.headers.get('location') ?? '', server.url).searchParams;
  }
  async function token(fields: Record<string, string>) {
    return server.form('/oauth2/token/guarded', { client_id: 'cli', ...fields });
  }

  test('a device is remembered when asked for, by a cookie that is new each time and out of scripts’ reach', async () => {
    expect(deviceCookie((await both()).response)).toBeUndefined();
    const planted = `sallyport-device=${'P'.repeat(43)}`;
    const first = deviceCookie((await both({ RememberDevice: true }, planted)).response);
    expect(first).toMatch(/^sallyport-device=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    expect(pair(first)).not.toBe(planted);
    expect(await challengesOf(BOB.loginName, planted)).toEqual([['UP'], ['OATH']]);
    expect(await challengesOf(BOB.loginName, pair(first))).toEqual([['UP']]);
    // Another user of the same browser: both are known by the new cookie, and none by the old one.
    const shared = pair(deviceCookie((await both({ RememberDevice: true }, pair(first), ADA)).response));
    for (const { loginName } of [ADA, BOB]) {
      expect(await challengesOf(loginName, pair(first))).toEqual([['UP'], ['OATH']]);
      expect(await challengesOf(loginName, shared)).toEqual([['UP']]);
    }
  });

  test('its owner is mailed when one is remembered; neither one that is renewed nor a plain sign-in is worth a mail', async () => {
    const owner = BOB.loginName;
    const told = async () => (await texts()).filter((text) => text.includes('device was remembered'));
    const before = (await told()).length;
    await both();
    const device = pair(deviceCookie((await both({ RememberDevice: true })).response));
    await passwordOnly(BOB, device);
    await server.apply({ authentication: { ...AUTHENTICATION, rules: [{ profile: 'Two' }] } });
    const renewed = await both({ RememberDevice: true }, device);
    expect(deviceCookie(renewed.response)).toBeDefined();
    await server.apply({ authentication: AUTHENTICATION });
    await call(server, '/UserMgmt/SignOutEverywhere', {}, { cookie: sessionCookie(renewed.response) });
    await expect.poll(async () => (await texts()).at(-1)).toContain('every session was signed out');
    expect(await told()).toHaveLength(before + 1);
    const mail = (await told()).at(-1);
    expect(mail).toContain(`In your account ${owner} at `);
    expect(mail).not.toContain(device.slice(device.indexOf('=') + 1));
  });

  test('it is known to the user who had it remembered, and to nobody else', async () => {
    const device = pair(deviceCookie((await both({ RememberDevice: true })).response));
    expect(await challengesOf(ADA.loginName, device)).toEqual([['UP'], ['OATH']]);
    expect(await challengesOf('nobody@acme.test', device)).toEqual(await challengesOf('nobody@acme.test'));
    expect(await challengesOf(BOB.loginName, 'sallyport-device=x')).toEqual([['UP'], ['OATH']]);
  });

  test('a password alone earns nothing: neither a device nor a longer life for one (advisory 35)', async () => {
    const device = pair(deviceCookie((await both({ RememberDevice: true })).response));
    const { response, envelope } = await passwordOnly(BOB, device, { RememberDevice: true });
    expect(envelope.Result.Summary).toBe('LoginSuccess');
    expect(envelope.Result.AuthLevel).toBe('Normal');
    expect(deviceCookie(response)).toBeUndefined();
    clock.advance(90 * DAY);
    expect(await challengesOf(BOB.loginName, device)).toEqual([['UP'], ['OATH']]);
  });

  test('its owner sees it and forgets it; codes, tokens and refreshes of its sessions ask again (advisory 36)', async () => {
    const device = pair(deviceCookie((await both({ RememberDevice: true })).response));
    const signedIn = await passwordOnly(BOB, device);
    const { Auth } = signedIn.envelope.Result;
    const cookie = sessionCookie(signedIn.response);
    const codes = [(await codeFor(cookie)).get('code') ?? '', (await codeFor(cookie)).get('code') ?? ''];
    const redeem = (code: string) =>
      token({ grant_type: 'authorization_code', redirect_uri: REDIRECT, code, code_verifier: VERIFIER });
    const issued = (await (await redeem(codes[0] ?? '')).json()) as { refresh_token: string };
    const [current] = (await list(Auth)).filter((one) => one.current);
    const ada = await server.core.directory.subjectByLogin(server.tenant.id, ADA.loginName);
    expect((await forget(Auth, ada?.user.id ?? '')).status).toBe(404);
    expect((await forget(Auth, current?.id ?? '')).status).toBe(204);
    expect((await list(Auth)).some(({ id }) => id === current?.id)).toBe(false);
    expect(await challengesOf(BOB.loginName, device)).toEqual([['UP'], ['OATH']]);
    expect((await codeFor(cookie)).get('prompt')).toBe('step-up');
    expect((await redeem(codes[1] ?? '')).status).toBe(400);
    const refreshed = await token({ grant_type: 'refresh_token', refresh_token: issued.refresh_token });
    expect(refreshed.status).toBe(400);
  });

  test('the sign-in page asks whether to remember it, where a rule makes that worth something', async () => {
    clock.advance(30_000);
    const page = async (response: Response, cookie = '') => {
      const html = await response.text();
      const hidden = html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g);
      const set = response.headers.getSetCookie().map(pair);
      const fields = Object.fromEntries([...hidden].map(([, name, value]) => [name, value ?? '']));
      return { html, fields, cookie: [cookie, ...set].filter(Boolean).join('; ') };
    };
    const first = await page(await server.fetch('/login'));
    const typed = { username: BOB.loginName, password: BOB.password };
    const posted = await server.form('/login', { ...first.fields, ...typed }, { cookie: first.cookie });
    const second = await page(posted, first.cookie);
    expect(second.html).toMatch(/<input type="checkbox" name="remember" value="true"\/>/);
    const answered = { ...second.fields, answer: codeAt(clock.now()), remember: 'true' };
    const done = await server.form('/login', answered, { cookie: second.cookie });
    expect(done.status).toBe(303);
    expect(await challengesOf(BOB.loginName, pair(deviceCookie(done)))).toEqual([['UP']]);
  });

  test('signing out everywhere and a new password forget every device', async () => {
    const signedIn = await both({ RememberDevice: true });
    const device = pair(deviceCookie(signedIn.response));
    await call(server, '/UserMgmt/SignOutEverywhere', {}, { cookie: sessionCookie(signedIn.response) });
    expect(await challengesOf(BOB.loginName, device)).toEqual([['UP'], ['OATH']]);
    await expect
      .poll(async () => (await texts()).some((text) => text.includes('session was signed out')))
      .toBe(true);
    const again = pair(deviceCookie((await both({ RememberDevice: true })).response));
    await server.apply({ users: [{ loginName: BOB.loginName, password: 'eight larches in a ring' }] });
    expect(await challengesOf(BOB.loginName, again)).toEqual([['UP'], ['OATH']]);
    await server.apply({ users: [{ loginName: BOB.loginName, password: BOB.password }] });
  });
});
