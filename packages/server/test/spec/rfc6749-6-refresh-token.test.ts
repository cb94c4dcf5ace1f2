import { connect } from 'node:net';
import { expect, test } from 'vitest';
import {
  ADA,
  type Answer,
  APP,
  describeWorld,
  EVE,
  errorOf,
  REDIRECT,
  SVC,
  VERIFIER,
  type World,
} from './support/world.js';

const INVALID_GRANT = { status: 400, error: 'invalid_grant' };

function refresh(world: World, token: string, fields: Record<string, string> = {}): Promise<Response> {
  return world.token({ grant_type: 'refresh_token', client_id: 'cli', refresh_token: token, ...fields });
}

async function refreshed(world: World, token: string): Promise<Answer> {
  const response = await refresh(world, token);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

/** Posts the form to the token endpoint and hangs up at once; resolves when the server has let go of the connection. */
function postAndLeave(world: World, fields: Record<string, string>): Promise<void> {
  const { port, host, hostname } = new URL(world.url);
  const body = new URLSearchParams(fields).toString();
  const head = [
    'POST /oauth2/token/MyApp HTTP/1.1',
    `host: ${host}`,
    'content-type: application/x-www-form-urlencoded',
    `content-length: ${body.length}`,
  ];
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).on('close', () => resolve());
    socket.resume().end(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}

async function adasTokens(world: World, scope = 'all'): Promise<Answer> {
  return world.tokens((await world.signIn(ADA)).cookie, { scope });
}

describeWorld('refresh tokens, rule 6', (world) => {
  test('a refresh gives a fresh access token and a successor', async () => {
    const first = await adasTokens(world());
    const second = await refreshed(world(), first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.access_token).not.toBe(first.access_token);
    expect(await world().whoami(second.access_token)).toBe(200);
  });

  test('X01: a replaced token after its grace revokes the whole family', async () => {
    const first = await adasTokens(world());
    const second = await refreshed(world(), first.refresh_token);
    world().clock.advance(10_001);
    expect(await errorOf(await refresh(world(), first.refresh_token))).toEqual(INVALID_GRANT);
    expect(await errorOf(await refresh(world(), second.refresh_token))).toEqual(INVALID_GRANT);
    expect(await world().whoami(second.access_token)).toBe(401);
    expect(await world().whoami(first.access_token)).toBe(401);
  });

  test('within 10 s a replaced token gives the same successor once more', async () => {
    const first = await adasTokens(world());
    const second = await refreshed(world(), first.refresh_token);
    world().clock.advance(9_000);
    const again = await refreshed(world(), first.refresh_token);
    expect(again.refresh_token).toBe(second.refresh_token);
    expect(await world().whoami(second.access_token)).toBe(200);
  });

  test('a clock that is set back does not lengthen the grace', async () => {
    const first = await adasTokens(world());
    const second = await refreshed(world(), first.refresh_token);
    world().clock.advance(-9_000);
    expect((await refreshed(world(), first.refresh_token)).refresh_token).toBe(second.refresh_token);
    world().clock.advance(-1_001);
    expect(await errorOf(await refresh(world(), first.refresh_token))).toEqual(INVALID_GRANT);
    expect(await errorOf(await refresh(world(), second.refresh_token))).toEqual(INVALID_GRANT);
    world().clock.advance(10_001);
  });

  test('the first use of the successor ends the grace', async () => {
    const first = await adasTokens(world());
    const second = await refreshed(world(), first.refresh_token);
    const third = await refreshed(world(), second.refresh_token);
    expect(await errorOf(await refresh(world(), first.refresh_token))).toEqual(INVALID_GRANT);
    expect(await errorOf(await refresh(world(), third.refresh_token))).toEqual(INVALID_GRANT);
  });

  test('X01: a token or code whose client has hung up meanwhile is not taken for reuse', async () => {
    const { cookie } = await world().signIn(ADA);
    const code = await world().code(cookie);
    const first = (await (await world().redeem(code)).json()) as Answer;
    const second = await refreshed(world(), first.refresh_token);
    world().clock.advance(10_001);
    const fields = { grant_type: 'refresh_token', client_id: 'cli', refresh_token: first.refresh_token };
    await postAndLeave(world(), fields);
    const redemption = { grant_type: 'authorization_code', client_id: 'cli', redirect_uri: REDIRECT };
    await postAndLeave(world(), { ...redemption, code, code_verifier: VERIFIER });
    await world().core.store.write(async () => undefined);
    expect(await world().whoami(second.access_token)).toBe(200);
    await refreshed(world(), second.refresh_token);
  });

  test('X02: 50 parallel uses leave one live family with one successor (lessons 6, 21)', async () => {
    const first = await adasTokens(world());
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => refresh(world(), first.refresh_token)),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    const successors = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as Answer).refresh_token),
    );
    expect(new Set(successors).size).toBe(1);
    await refreshed(world(), successors[0] ?? '');
  });

  test('X03: another client or another app gets nothing', async () => {
    await world().apply({
      apps: [{ ...APP, applicationId: 'second' }],
    });
    const { refresh_token } = await adasTokens(world());
    expect(await errorOf(await refresh(world(), refresh_token, { client_id: 'other' }))).toEqual(
      INVALID_GRANT,
    );
    const fields = { grant_type: 'refresh_token', client_id: 'cli', refresh_token };
    expect(await errorOf(await world().token(fields, {}, 'second'))).toEqual(INVALID_GRANT);
    await refreshed(world(), refresh_token);
  });

  test('X04: scope may narrow for one token, never widen, and the grant stays as it was', async () => {
    const { refresh_token } = await adasTokens(world(), 'whoami all');
    const narrow = await refresh(world(), refresh_token, { scope: 'whoami' });
    const narrowed = (await narrow.json()) as Answer;
    expect(narrowed.scope).toBe('whoami');
    expect((await refreshed(world(), narrowed.refresh_token)).scope).toBe('whoami all');

    const { refresh_token: other } = await adasTokens(world(), 'whoami');
    const wider = await refresh(world(), other, { scope: 'whoami all' });
    expect(await errorOf(wider)).toEqual({ status: 400, error: 'invalid_scope' });
  });

  test('X05: rotation does not outlast the lifetime counted from the sign-in', async () => {
    await world().configure({ tokens: { refreshTokenLifetime: '60s' } });
    let { refresh_token } = await adasTokens(world());
    for (let i = 0; i < 5; i++) {
      world().clock.advance(11_000);
      ({ refresh_token } = await refreshed(world(), refresh_token));
    }
    world().clock.advance(5_000);
    expect(await errorOf(await refresh(world(), refresh_token))).toEqual(INVALID_GRANT);
    await world().configure({ tokens: { refreshTokenLifetime: '365d' } });
  });

  test('X06: an access token is no refresh token, and a refresh token no bearer', async () => {
    const { access_token, refresh_token } = await adasTokens(world());
    expect(await errorOf(await refresh(world(), access_token))).toEqual(INVALID_GRANT);
    expect(await world().whoami(refresh_token)).toBe(401);
  });

  test('rule 1: a user out of the role or disabled gets no further token (advisory 37)', async () => {
    const { refresh_token } = await adasTokens(world());
    await world().apply({ roles: [{ name: 'Developers', members: [SVC.loginName] }] });
    expect(await errorOf(await refresh(world(), refresh_token))).toEqual(INVALID_GRANT);
    await world().apply({ roles: [{ name: 'Developers', members: [ADA.loginName, SVC.loginName] }] });
    await world().apply({ users: [{ loginName: ADA.loginName, enabled: false }] });
    expect(await errorOf(await refresh(world(), refresh_token))).toEqual(INVALID_GRANT);
    await world().apply({ users: [{ loginName: ADA.loginName, enabled: true }] });
  });

  test('an app that no longer issues refresh tokens takes none', async () => {
    const { refresh_token } = await adasTokens(world());
    await world().configure({ tokens: { issueRefreshTokens: false } });
    const answer = await errorOf(await refresh(world(), refresh_token));
    expect(answer).toEqual({ status: 400, error: 'unauthorized_client' });
    await world().configure({ tokens: { issueRefreshTokens: true } });
  });

  test('a confidential client must authenticate to refresh (advisory 16)', async () => {
    const { cookie } = await world().signIn(ADA);
    const code = await world().code(cookie, { client_id: SVC.loginName });
    const secret = { client_id: SVC.loginName, client_secret: SVC.password };
    const { refresh_token } = (await (await world().redeem(code, secret)).json()) as Answer;
    const bare = await refresh(world(), refresh_token, { client_id: SVC.loginName });
    expect(await errorOf(bare)).toEqual({ status: 401, error: 'invalid_client' });
    expect((await refresh(world(), refresh_token, secret)).status).toBe(200);
  });

  test('the password grant gives a family of its own, and refuses a wrong password and an outsider', async () => {
    const grant = (who: typeof ADA) =>
      world().token({
        grant_type: 'password',
        client_id: 'cli',
        username: who.loginName,
        password: who.password,
        scope: 'all',
      });
    const answer = (await (await grant(ADA)).json()) as Answer;
    expect(await world().whoami((await refreshed(world(), answer.refresh_token)).access_token)).toBe(200);
    expect(await errorOf(await grant({ ...ADA, password: 'wrong' }))).toEqual(INVALID_GRANT);
    expect(await errorOf(await grant(EVE))).toEqual(INVALID_GRANT);
    expect(await errorOf(await grant(SVC))).toEqual(INVALID_GRANT);
  });

  test('the password grant gives nothing that lives for a password replaced while it was checked', async () => {
    const { core, tenant, operator, clock } = world();
    const { loginName: username, password } = ADA;
    const fields = { grant_type: 'password', client_id: 'cli', username, password, scope: 'all' };
    const ada = await core.store.read.users.findByLoginKey(tenant.id, username);
    if (!ada) throw new Error('Ada is gone');
    const asked = Array.from({ length: 30 }, () => world().token(fields));
    // The others wait for their turn at the hash.
    await Promise.race(asked);
    clock.advance(1000);
    const replaced = { ...ada, validAfter: clock.now(), version: ada.version + 1 };
    await core.changeLog.record(tenant.id, operator, (recorder) => recorder.updateUser(ada, replaced));
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]));
    for (const answer of answers) {
      const { access_token } = (await answer.json()) as Partial<Answer>;
      if (access_token) expect(await world().whoami(access_token)).toBe(401);
    }
    expect((await world().token(fields)).status).toBe(200);
  });

  test('the password grant is no way round a second factor or a password that must be changed', async () => {
    const { core, tenant, operator } = world();
    const fields = { grant_type: 'password', client_id: 'cli', username: ADA.loginName, scope: 'all' };
    const grant = () => world().token({ ...fields, password: ADA.password });
    const ada = await core.store.read.users.findByLoginKey(tenant.id, ADA.loginName);
    if (!ada) throw new Error('Ada is gone');
    const changed = { ...ada, mustChangePassword: true, version: ada.version + 1 };
    await core.changeLog.record(tenant.id, operator, (recorder) => recorder.updateUser(ada, changed));
    expect(await errorOf(await grant())).toEqual(INVALID_GRANT);
    await core.changeLog.record(tenant.id, operator, (recorder) =>
      recorder.updateUser(changed, { ...changed, mustChangePassword: false, version: changed.version + 1 }),
    );
    expect((await grant()).status).toBe(200);
    await world().apply({ users: [{ loginName: ADA.loginName, totpSecret: 'JBSWY3DPEHPK3PXP' }] });
    expect(await errorOf(await grant())).toEqual(INVALID_GRANT);
  });
});
