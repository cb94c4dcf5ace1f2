/** The OpenID Foundation's plans Front-Channel and Back-Channel Logout: one test per module, named after it. */
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClientServer, openClientServer } from '../support/client-server.js';
import { describeWorld, type World } from '../support/world.js';
import { ALICE, APP_ID, CLIENT, createRun, expectRefusal, LOGGED_OUT, prepare, type Run } from './suite.js';

const FRONT = 'https://suite.test/test/a/sallyport/frontchannel_logout';
const STATE = 'z'.repeat(128);
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let client: ClientServer;
beforeAll(async () => {
  client = await openClientServer();
});
afterAll(() => client.close());

const configure = (world: World, generalUsage: object) =>
  world.apply({ apps: [{ applicationId: APP_ID, generalUsage }] });

async function signedIn(world: World): Promise<{ run: Run; hint: string }> {
  const run = createRun(world, { name: 'logout', responseType: 'code id_token' });
  const outcome = await run.authorize();
  await run.tokens(outcome);
  return { run, hint: outcome.answer.get('id_token') ?? '' };
}

function endSession(run: Run, id_token_hint: string) {
  const fields = { id_token_hint, post_logout_redirect_uri: LOGGED_OUT, state: STATE };
  const url = `/oauth2/endsession/${APP_ID}?${new URLSearchParams(fields)}`;
  return run.browser.open(url, { 'logout-yes': {} });
}

async function expectLoggedOut(run: Run): Promise<void> {
  expectRefusal(await run.authorize({ prompt: 'none' }), ['login_required']);
}

async function metadata(world: World): Promise<Record<string, unknown>> {
  const response = await world.fetch(`/${APP_ID}/.well-known/openid-configuration`);
  return (await response.json()) as Record<string, unknown>;
}

/** The claims of a logout token, checked as the suite does. */
async function verified(world: World, token: string) {
  const keys = createRemoteJWKSet(new URL(`${world.url}/oauth2/keys/${APP_ID}`));
  const { payload } = await jwtVerify(token, keys, {
    issuer: `${world.url}/${APP_ID}/`,
    audience: CLIENT.loginName,
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'exp', 'jti'],
    currentDate: new Date(world.clock.now()),
  });
  return payload;
}

describeWorld(
  'oidcc-frontchannel-rp-initiated-logout-certification',
  (world) => {
    test('oidcc-frontchannel-logout-discovery-endpoint-verification', async () => {
      expect(await metadata(world())).toMatchObject({
        frontchannel_logout_supported: true,
        frontchannel_logout_session_supported: true,
        end_session_endpoint: `${world().url}/oauth2/endsession/${APP_ID}`,
      });
    });

    test('oidcc-frontchannel-rp-initiated-logout', async () => {
      await configure(world(), { frontchannelLogoutUri: FRONT });
      const { run, hint } = await signedIn(world());
      const { frames, reached, query } = await endSession(run, hint);
      expect(frames).toHaveLength(1);
      const frame = new URL(frames[0] ?? '');
      expect(`${frame.origin}${frame.pathname}`).toBe(FRONT);
      expect(Object.fromEntries(frame.searchParams)).toEqual({
        iss: `${world().url}/${APP_ID}/`,
        sid: decodeJwt(hint).sid,
      });
      expect(reached).toBe(LOGGED_OUT);
      expect(Object.fromEntries(query)).toEqual({ state: STATE });
      await expectLoggedOut(run);
    });

    test('the page may frame the clients that are told, and no other site', async () => {
      await configure(world(), { frontchannelLogoutUri: FRONT });
      const { run } = await signedIn(world());
      const stop = await run.browser.open('/security/logout', { 'logout-yes': {} });
      expect(stop.frames).toHaveLength(1);
      const asked = await world().fetch('/security/logout');
      expect(asked.headers.get('content-security-policy') ?? '').not.toContain('frame-src');
    });
  },
  prepare,
);

describeWorld(
  'oidcc-backchannel-rp-initiated-logout-certification',
  (world) => {
    const back = () => configure(world(), { backchannelLogoutUri: `${client.url}/backchannel_logout` });

    test('oidcc-backchannel-logout-discovery-endpoint-verification', async () => {
      expect(await metadata(world())).toMatchObject({
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
        end_session_endpoint: `${world().url}/oauth2/endsession/${APP_ID}`,
      });
    });

    test('oidcc-backchannel-rp-initiated-logout', async () => {
      await back();
      const { run, hint } = await signedIn(world());
      const { reached, query } = await endSession(run, hint);
      const { path, contentType, form } = await client.next('POST');
      expect([path, contentType]).toEqual(['/backchannel_logout', 'application/x-www-form-urlencoded']);
      expect([...form.keys()]).toEqual(['logout_token']);
      const { sub, sid } = decodeJwt(hint);
      const claims = await verified(world(), form.get('logout_token') ?? '');
      expect(claims).toMatchObject({ sub, sid, events: { [EVENT]: {} } });
      expect(Object.keys(claims.events as object)).toHaveLength(1);
      expect(claims).not.toHaveProperty('nonce');
      expect([reached, Object.fromEntries(query)]).toEqual([LOGGED_OUT, { state: STATE }]);
      await expectLoggedOut(run);
    });

    test('a session that an administrator ends is told of too', async () => {
      await back();
      const { hint } = await signedIn(world());
      const { tenant, operator, core } = world();
      await core.admin.accounts.endSession(tenant, operator, ALICE.loginName, String(decodeJwt(hint).sid));
      await core.logout.deliver();
      const { form } = await client.next('POST');
      expect(decodeJwt(form.get('logout_token') ?? '').sid).toBe(decodeJwt(hint).sid);
    });

    test('a client that does not answer is tried again, five times, and then the operator reads of it', async () => {
      await back();
      client.postStatus = 503;
      const { run, hint } = await signedIn(world());
      await endSession(run, hint);
      for (let attempt = 0; attempt < 7; attempt++) {
        world().clock.advance(3_600_000);
        await world().core.logout.deliver();
      }
      client.postStatus = 200;
      expect(client.received.splice(0)).toHaveLength(5);
      const { tenant, core } = world();
      const events = await core.store.read.events.page(tenant.id, {
        limit: 5,
        types: ['logout.undelivered'],
      });
      expect(events.items).toMatchObject([
        { clientId: CLIENT.loginName, detail: expect.stringContaining('503') },
      ]);
    });

    test('nothing goes to a private address that the operator has not allowed', async () => {
      const uri = `${client.url.replace('127.0.0.1', '[::ffff:127.0.0.1]')}/backchannel_logout`;
      await configure(world(), { backchannelLogoutUri: uri });
      const { run, hint } = await signedIn(world());
      await endSession(run, hint);
      await world().core.logout.deliver();
      expect(client.received).toEqual([]);
    });
  },
  prepare,
);
