import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Recorder } from '../../src/core/admin/change-log.js';
import { sha256 } from '../../src/kit/digest.js';
import { DATABASES } from '../support/databases.js';
import { createTestServer, type TestServer } from '../support/server.js';
import { initialAccessToken } from './support/black-box.js';
import { openClientServer } from './support/client-server.js';
import { registrarOf, secretKey, signedProof } from './support/registered-client.js';
import { addSigningClient } from './support/signing-client.js';
import {
  ADA,
  type Answer,
  basic,
  CHALLENGE,
  createWorld,
  REDIRECT,
  redirectOf,
  VERIFIER,
  type World,
} from './support/world.js';

describe.each(DATABASES.map((database) => ({ database, name: database.name })))(
  'two processes over one database ($name)',
  ({ database }) => {
    let first: World;
    let second: TestServer;
    let end = async () => {};

    beforeAll(async () => {
      const opened = await database.open();
      const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-nodes-'));
      const shared = opened.url.startsWith('postgres') ? { databaseUrl: opened.url, dataDir } : { dataDir };
      first = await createWorld(shared);
      second = await createTestServer({
        ...{ ...shared, clock: first.clock },
        settings: { publicUrl: first.url, allowPrivateUrls: ['127.0.0.1'] },
      });
      end = async () => {
        await second.close();
        await first.close();
        await opened.drop();
        rmSync(dataDir, { recursive: true, force: true });
      };
    });
    afterAll(() => end());

    const onSecond = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      fetch(`${second.boundUrl}${path}`, { method: 'POST', body: new URLSearchParams(fields), headers });
    const introspectedBySecond = async (token: string) =>
      (await onSecond('/oauth2/introspect/MyApp', { token }, basic())).json();
    const whoamiOfSecond = async (token: string) =>
      (await onSecond('/security/whoami', {}, { authorization: `Bearer ${token}` })).status;

    /** How many of 50 requests for a token, half of them at either, were answered with each status. */
    async function fiftyTimes(fields: Record<string, string>): Promise<Record<number, number>> {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          i % 2 ? first.token(fields) : onSecond('/oauth2/token/MyApp', fields),
        ),
      );
      const statuses = answers.map((answer) => answer.status);
      return Object.fromEntries(
        [...new Set(statuses)].map((each) => [each, statuses.filter((status) => status === each).length]),
      );
    }

    test('C02: of 50 redemptions over both one gets tokens', async () => {
      const code = await first.code((await first.signIn(ADA)).cookie);
      const fields = {
        grant_type: 'authorization_code',
        client_id: 'cli',
        redirect_uri: REDIRECT,
        code_verifier: VERIFIER,
        code,
      };
      expect(await fiftyTimes(fields)).toEqual({ 200: 1, 400: 49 });
    });

    test('X02: 50 refreshes over both give one successor', async () => {
      const { refresh_token } = await first.tokens((await first.signIn(ADA)).cookie);
      const fields = { grant_type: 'refresh_token', client_id: 'cli', refresh_token };
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          i % 2 ? first.token(fields) : onSecond('/oauth2/token/MyApp', fields),
        ),
      );
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
      const tokens = (await Promise.all(answers.map((answer) => answer.json()))) as Answer[];
      expect(new Set(tokens.map((token) => token.refresh_token)).size).toBe(1);
    });

    test('Q01: of 50 arrivals with one pushed request over both one gets a code', async () => {
      const request = { response_type: 'code', client_id: 'cli', redirect_uri: REDIRECT, scope: 'all' };
      const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
      const pushed = await first.form('/oauth2/par/MyApp', { ...request, ...pkce });
      const { request_uri } = (await pushed.json()) as { request_uri: string };
      const path = `/oauth2/authorize/MyApp?${new URLSearchParams({ client_id: 'cli', request_uri })}`;
      const { cookie } = await first.signIn(ADA);
      const fifty = (what: string) =>
        Promise.all(
          Array.from({ length: 50 }, (_, i) =>
            fetch(`${(i % 2 ? first : second).boundUrl}${what}`, { headers: { cookie }, redirect: 'manual' }),
          ),
        );
      // Connections that stand already bring them at the same moment.
      for (const answer of await fifty('/oauth2/keys/MyApp')) await answer.text();
      const arrivals = await fifty(path);
      const codes = arrivals.filter((answer) => redirectOf(answer).parameters.has('code'));
      expect([codes.length, new Set(arrivals.map(({ status }) => status))]).toEqual([1, new Set([302, 400])]);
    });

    test('a client is told once of the end of a session, though both look for whom to tell', async () => {
      const client = await openClientServer();
      try {
        await first.configure({ generalUsage: { backchannelLogoutUri: `${client.url}/logout` } });
        const sessions = await Promise.all(
          Array.from({ length: 5 }, async () => {
            const { cookie, handle } = await first.signIn(ADA);
            await first.redeem(await first.code(cookie, { scope: 'openid all', nonce: 'n' }));
            return handle;
          }),
        );
        for (const handle of sessions) {
          const { core, tenant } = first;
          const session = await core.store.read.sessions.findByHandle(sha256(handle));
          await core.store.write((tx) => tx.sessions.remove(tenant.id, session?.id ?? ''));
        }
        await Promise.all([first, second].map(({ core }) => core.logout.deliver()));
        expect(client.received).toHaveLength(sessions.length);
      } finally {
        await first.configure({ generalUsage: { backchannelLogoutUri: null } });
        await client.close();
      }
    });

    test('K07: of 50 uses of one assertion over both one counts', async () => {
      const client = await addSigningClient(first);
      await second.core.directory.catchUp();
      const fields = { grant_type: 'client_credentials', scope: 'all', ...(await client.proof(first)) };
      expect(await fiftyTimes(fields)).toEqual({ 200: 1, 401: 49 });
    });

    test('K07: and of 50 uses of one that is signed with the secret', async () => {
      await first.configure({ generalUsage: { registration: 'initialAccessToken' } });
      const registrar = registrarOf(first, 'MyApp', await initialAccessToken(first));
      const client = await registrar.register({
        redirect_uris: [REDIRECT],
        token_endpoint_auth_method: 'client_secret_jwt',
      });
      await second.core.directory.catchUp();
      const proof = signedProof(first, 'MyApp', client.client_id, () => secretKey(client));
      // Whoever is proved is told that there is no such token.
      const refresh = { grant_type: 'refresh_token', refresh_token: 'none' };
      expect(await fiftyTimes({ ...refresh, ...(await proof()).fields })).toEqual({ 400: 1, 401: 49 });
    });

    test.each(['JwtRS256', 'opaque'])(
      'a revoked %s token is inactive at once, and refused within 1 s',
      async (type) => {
        await first.configure({ tokens: { type } });
        const { access_token, refresh_token } = await first.tokens((await first.signIn(ADA)).cookie);
        expect(await whoamiOfSecond(access_token)).toBe(200);
        expect(await introspectedBySecond(access_token)).toMatchObject({ active: true });
        await first.form('/oauth2/revoke/MyApp', { client_id: 'cli', token: refresh_token });
        expect(await introspectedBySecond(access_token)).toEqual({ active: false });
        await expect.poll(() => whoamiOfSecond(access_token), { timeout: 1_000 }).toBe(401);
      },
    );

    test.each(['JwtRS256', 'opaque'])(
      'a %s token that is revoked alone is inactive at once',
      async (type) => {
        await first.configure({ tokens: { type } });
        const { access_token } = await first.tokens((await first.signIn(ADA)).cookie);
        expect(await introspectedBySecond(access_token)).toMatchObject({ active: true });
        await first.form('/oauth2/revoke/MyApp', { client_id: 'cli', token: access_token });
        expect(await introspectedBySecond(access_token)).toEqual({ active: false });
      },
    );

    test('an app that apply switched off or on is so on both when the command ends', async () => {
      await first.configure({ tokens: { type: 'JwtRS256' } });
      const { access_token } = await first.tokens((await first.signIn(ADA)).cookie);
      expect(await whoamiOfSecond(access_token)).toBe(200);
      for (let round = 0; round < 10; round++)
        for (const enabled of [false, true]) {
          await first.apply({ apps: [{ applicationId: 'MyApp', enabled }] });
          expect(await whoamiOfSecond(access_token), `round ${round}, ${enabled}`).toBe(enabled ? 200 : 401);
        }
    });

    test('a second factor enrolled or removed on one counts for the next code of the other, rule 11', async () => {
      const { cookie } = await first.signIn(ADA);
      const query = {
        ...{ response_type: 'code', client_id: 'cli', redirect_uri: REDIRECT, scope: 'all' },
        ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256' },
      };
      const url = `${second.boundUrl}/oauth2/authorize/MyApp?${new URLSearchParams(query)}`;
      const isGivenBySecond = async () =>
        redirectOf(await fetch(url, { redirect: 'manual', headers: { cookie } })).parameters.has('code');
      await first.configure({ tokens: { authMethods: ['authCode', 'clientCreds', 'deviceCode'] } });
      const asked = await onSecond('/oauth2/device/MyApp', { client_id: 'tv', scope: 'whoami' });
      const { user_code } = (await asked.json()) as { user_code: string };
      /** Where the page of the device flow sends the browser. */
      const sentBySecond = async () => {
        const page = await fetch(`${second.boundUrl}/device`, { headers: { cookie, accept: 'text/html' } });
        const form_token = /name="form_token" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
        const cookies = [cookie, ...page.headers.getSetCookie().map((line) => line.split(';', 1)[0])];
        const answer = await fetch(`${second.boundUrl}/device`, {
          ...{ method: 'POST', redirect: 'manual' },
          body: new URLSearchParams({ form_token, user_code }),
          headers: { cookie: cookies.join('; '), accept: 'text/html' },
        });
        return answer.status === 200 ? 'nowhere' : answer.headers.get('location');
      };
      /** Whether the login page sends a browser that is to prove more on its way, with nothing to do. */
      const hasProvedEnough = async () => {
        const page = `${second.boundUrl}/login?prompt=step-up&cloudRedirect=my`;
        return (await fetch(page, { redirect: 'manual', headers: { cookie } })).status === 302;
      };
      const ada = await first.core.directory.subjectByLogin(first.tenant.id, ADA.loginName);
      if (!ada) throw new Error('Ada is gone');
      for (let round = 0; round < 6; round++) {
        expect(await isGivenBySecond(), `round ${round}`).toBe(true);
        expect(await sentBySecond(), `round ${round}, device`).toBe('nowhere');
        expect(await hasProvedEnough(), `round ${round}, step-up`).toBe(true);
        const { user } = ada;
        const factor = {
          ...{ tenantId: user.tenantId, id: `factor ${round}`, userId: user.id, mechanism: 'OATH' },
          ...{ sealed: '', lastStep: 0, createdAt: first.clock.now() },
        };
        const change = (job: (recorder: Recorder) => Promise<void>) =>
          first.core.changeLog.record(user.tenantId, first.operator, job);
        await change((recorder) => recorder.addFactor(user, factor));
        // Each asks alone: the first to ask makes the second process look.
        const enrolled = `round ${round}, enrolled`;
        if (round % 3 === 0) expect(await isGivenBySecond(), enrolled).toBe(false);
        else if (round % 3 === 1) expect(await sentBySecond(), enrolled).toContain('prompt=step-up');
        else expect(await hasProvedEnough(), enrolled).toBe(false);
        await change((recorder) => recorder.removeFactor(user, factor));
      }
      expect(await isGivenBySecond()).toBe(true);
    });

    test('J08: a rotation on one drops no token of the other', async () => {
      await first.configure({ tokens: { type: 'JwtRS256' } });
      const { cookie } = await first.signIn(ADA);
      for (let round = 0; round < 3; round++) {
        const before = await first.tokens(cookie);
        await second.core.admin.keys.rotate(second.tenant, second.operator);
        const after = await first.tokens(cookie);
        for (const { access_token } of [before, after]) {
          expect(await whoamiOfSecond(access_token)).toBe(200);
          expect(await first.whoami(access_token)).toBe(200);
        }
      }
    });

    test('traffic is recorded by both within 1 s, and a flow that crosses them is one', async () => {
      const { id } = await first.core.admin.traffic.start(first.tenant, first.operator, {
        ...{ kind: 'app', subject: 'MyApp', duration: '5m', keepFor: '1h' },
      });
      const isOn = () => second.core.traffic.open(second.tenant.id) !== null;
      await expect.poll(isOn, { timeout: 1_000 }).toBe(true);
      const asked = await first.authorize();
      const cloudRedirect = new URL(asked.headers.get('location') ?? '', first.url).searchParams.get(
        'cloudRedirect',
      );
      const { cookie } = await first.signIn(ADA);
      const again = await fetch(`${second.boundUrl}/${cloudRedirect}`, {
        headers: { cookie },
        redirect: 'manual',
      });
      const code = new URL(again.headers.get('location') ?? '').searchParams.get('code') ?? '';
      const token = (await (await first.redeem(code)).json()) as Answer;
      expect(await whoamiOfSecond(token.access_token)).toBe(200);
      const flows = async () => {
        const query = { recording: id, limit: 10 };
        return (await first.core.admin.traffic.flows(first.tenant, first.operator, query)).items;
      };
      await expect
        .poll(async () => (await flows()).map(({ stepCount }) => stepCount), { timeout: 8_000 })
        .toEqual([6]);
      await first.core.admin.traffic.remove(first.tenant, first.operator, id);
      await expect.poll(isOn, { timeout: 1_000 }).toBe(false);
    });
  },
);
