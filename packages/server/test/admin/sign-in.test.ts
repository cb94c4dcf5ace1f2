/** What profiles and rules come to, told over `/api/v1`: forecasts, outlooks, second factors, approvals. */
import type {
  Factor,
  MechanismState,
  SignInForecast,
  SignInOutlook,
  WaitingSignIn,
} from '@sallyport/contract';
import { expect, test } from 'vitest';
import { answer, call, codeAt, mechanism, start, TOTP_SECRET } from '../login/dance.js';
import { createTestClock } from '../support/clock.js';
import { describeAdministration, type Faults, PASSWORD, PEOPLE } from './support/world.js';

const clock = createTestClock();
const NONE = { authentication: { profiles: [], rules: [] } };
const TWO = { name: 'Two', challenges: [['UP'], ['OATH', 'SQ']] };
const ALONE = { name: 'Alone', challenges: [['UP']] };
const QUESTIONS = ['street', 'teacher', 'pet'].map((word) => ({
  question: `Your first ${word}?`,
  answer: `${word} one`,
}));

describeAdministration(
  'the sign-in as it is administered',
  (world) => {
    const forecast = (body: object) =>
      world.admin<SignInForecast>('POST', '/authentication/forecast', { user: PEOPLE.plain, ...body });
    const person = async (name: string, more: object = {}) => {
      const loginName = `${name}@acme.test`;
      const user = { loginName, email: loginName, displayName: name, password: PASSWORD, ...more };
      await world.apply({
        users: [user],
        roles: [{ name: 'Developers', members: [...Object.values(PEOPLE).slice(0, 1), loginName] }],
      });
      return loginName;
    };

    test('a forecast names the first rule that fits, and what keeps those before it from fitting', async () => {
      const settings = {
        profiles: [TWO, ALONE],
        rules: [
          { roles: ['System Administrator'], profile: 'Two' },
          { apps: ['tool'], profile: 'Two' },
          { networks: ['10.0.0.0/8'], profile: 'Two' },
          { roles: ['Developers'], profile: 'Alone' },
          { profile: 'Two' },
        ],
      };
      const { body } = await forecast({ settings, source: '192.0.2.7' });
      expect(body).toMatchObject({
        rules: ['roles', 'apps', 'networks', null],
        profile: 'Alone',
        challenges: [[{ mechanism: 'UP', open: true }]],
        canSignIn: true,
        mayUseApp: true,
      });
      const inside = (await forecast({ settings, source: '10.1.2.3' })).body;
      expect([inside.rules.length, inside.profile, inside.canSignIn]).toEqual([3, 'Two', false]);
      const atApp = (await forecast({ settings, app: 'TOOL', source: '192.0.2.7' })).body;
      expect(atApp.rules).toEqual(['roles', null]);
      expect(atApp.challenges[1]).toEqual([
        { mechanism: 'OATH', open: false },
        { mechanism: 'SQ', open: false },
      ]);
      // Nothing of it was saved.
      const saved = (await forecast({})).body;
      expect(saved).toMatchObject({ rules: [], profile: null, source: '127.0.0.1', canSignIn: true });
    });

    test('a forecast refuses what is not there at its field, and needs rights to read both', async () => {
      for (const [field, body] of [
        ['user', { user: 'nobody@acme.test' }],
        ['user', { user: PEOPLE.service }],
        ['app', { app: 'nowhere' }],
        ['source', { source: 'home' }],
        ['rules.0.profile', { settings: { rules: [{ profile: 'Gone' }] } }],
        ['profiles.0.challenges', { settings: { profiles: [{ name: 'X', challenges: [['UP'], ['UP']] }] } }],
      ] as const) {
        const { status, body: problem } = await forecast(body);
        expect(status, field).toBe(400);
        expect((problem as unknown as Faults).errors[0]?.field).toContain(field);
      }
      const question = { user: PEOPLE.plain };
      for (const [name, status] of [
        ['plain', 403],
        ['apps', 403],
        ['readUsers', 200],
      ] as const) {
        const as = await world.as(PEOPLE[name]);
        expect((await as('POST', '/authentication/forecast', question)).status, name).toBe(status);
        expect((await as('GET', '/authentication/mechanisms')).status, name).toBe(status);
      }
    });

    test('every mechanism says what it lacks here and how many have enrolled it', async () => {
      await person('counted', { totpSecret: TOTP_SECRET });
      const { body } = await world.admin<{ items: MechanismState[] }>('GET', '/authentication/mechanisms');
      const states = new Map(body.items.map((state) => [state.name, state]));
      expect(states.get('UP')).toEqual({ name: 'UP', needs: null, enrolled: null });
      expect(states.get('OATH')).toMatchObject({ needs: null, enrolled: 1 });
      expect(states.get('EMAIL')).toMatchObject({ needs: 'mail', enrolled: null });
      expect(states.get('SMS')).toMatchObject({ needs: 'gateway', enrolled: 0 });
      expect(states.get('PF')).toMatchObject({ needs: 'gateway' });
    });

    test('a factor says what closes when it is lost and when it is removed, and where', async () => {
      const name = await person('outlook', { totpSecret: TOTP_SECRET });
      const read = async () => (await world.admin<SignInOutlook>('GET', `/users/${name}/sign-in`)).body;
      const only = (await read()).factors[0];
      expect(only?.ifLost.map((place) => place.applicationId)).toEqual([null, 'tool']);
      expect(only).toMatchObject({ ifRemoved: [], instead: [], leavesPasswordAlone: true });
      await world.apply({
        authentication: {
          profiles: [TWO, ALONE],
          rules: [
            { apps: ['tool'], networks: ['10.0.0.0/8'], profile: 'Two' },
            { apps: ['tool'], profile: 'Alone' },
          ],
        },
      });
      const ruled = await read();
      const inside = { applicationId: 'tool', name: 'Tool', networks: ['10.0.0.0/8'] };
      const portals = { applicationId: null, name: '', networks: [] };
      expect(ruled.closed).toEqual([]);
      expect(ruled.enrollable).toEqual(['U2F', 'OATH', 'SQ', 'RECOVERY']);
      expect(ruled.factors[0]).toMatchObject({ ifLost: [portals, inside], ifRemoved: [inside] });
      const own = await world.as(PEOPLE.plain);
      const { body: mine } = await own<SignInOutlook>('GET', '/me/sign-in');
      expect(mine).toMatchObject({ closed: [inside], factors: [] });
      expect((await own('GET', `/users/${name}/sign-in`)).status).toBe(403);
      await world.apply(NONE);
    });

    test('security questions and recovery codes each stand and go as one, by owner and administrator', async () => {
      const name = await person('sets');
      const own = await world.as(name);
      await own('POST', '/me/factors/questions', { password: PASSWORD, questions: QUESTIONS });
      await own('POST', '/me/factors/recovery-codes', { password: PASSWORD });
      const list = async () =>
        (await world.admin<{ items: Factor[] }>('GET', `/users/${name}/factors`)).body.items;
      const [questions, codes] = await list();
      expect([questions?.mechanism, questions?.count]).toEqual(['SQ', 3]);
      expect([codes?.mechanism, codes?.count]).toEqual(['RECOVERY', 10]);
      const { body } = await world.admin<SignInOutlook>('GET', `/users/${name}/sign-in`);
      expect(body.factors[0]).toMatchObject({ ifLost: [], instead: ['RECOVERY'], leavesPasswordAlone: true });
      expect((await world.admin('DELETE', `/users/${name}/factors/${questions?.id}`)).status).toBe(204);
      expect((await list()).map((factor) => factor.mechanism)).toEqual(['RECOVERY']);
      const users = await world.as(PEOPLE.users);
      expect((await users('DELETE', `/users/${PEOPLE.second}/factors`)).status).toBe(403);
      expect((await users('DELETE', `/users/${name}/factors`)).status).toBe(204);
      expect(await list()).toEqual([]);
      const [change] = await world.changes(`users/${await world.idOf('users', name)}`);
      expect(change?.fields).toEqual([{ field: 'factors', old: 'RECOVERY', new: null }]);
    });

    test('signing a user out everywhere ends sessions and tokens, and a password can be made to change', async () => {
      const name = await person('leaver');
      const own = await world.as(name);
      const token = world.calling({ authorization: `Bearer ${await world.tokenOf(name, 'self')}` });
      expect([(await own('GET', '/me')).status, (await token('GET', '/me')).status]).toEqual([200, 200]);
      const users = await world.as(PEOPLE.users);
      expect((await users('DELETE', `/users/${PEOPLE.second}/sessions`)).status).toBe(403);
      expect((await users('DELETE', `/users/${name}/sessions`)).status).toBe(204);
      expect([(await own('GET', '/me')).status, (await token('GET', '/me')).status]).toEqual([401, 401]);
      expect((await users('PATCH', `/users/${name}`, { mustChangePassword: true })).status).toBe(200);
      const { SessionId, Challenges } = await start(world, name);
      const { envelope } = await answer(world, SessionId, mechanism(Challenges, 'UP'), PASSWORD);
      expect(envelope.Result.Summary).not.toBe('LoginSuccess');
      const fields = (await world.changes(`users/${await world.idOf('users', name)}`)).flatMap(
        (change) => change.fields,
      );
      expect(fields).toContainEqual({ field: 'sessions', old: 'everywhere', new: null });
      expect(fields).toContainEqual({ field: 'mustChangePassword', old: false, new: true });
    });

    test('a sign-in elsewhere is approved by its number alone, in a session that proved more', async () => {
      const name = await person('approver', { totpSecret: TOTP_SECRET });
      const profiles = [{ name: 'Elsewhere', challenges: [['UP'], ['OATH', 'OTP']] }];
      await world.apply({ authentication: { profiles, rules: [{ profile: 'Elsewhere' }] } });
      const begin = async (which: string) => {
        const { SessionId, Challenges } = await start(world, name);
        await answer(world, SessionId, mechanism(Challenges, 'UP'), PASSWORD);
        const MechanismId = mechanism(Challenges, which, 1);
        const act = async (Action: string, more: object = {}) => {
          const body = { SessionId, MechanismId, Action, ...more };
          return (await call(world, '/Security/AdvanceAuthentication', body)).envelope.Result;
        };
        return act;
      };
      const { Auth } = await (await begin('OATH'))('Answer', { Answer: codeAt(clock.now()) });
      const own = world.calling({ authorization: `Bearer ${Auth}` });
      expect((await own('GET', '/me')).body).toMatchObject({ mayApprove: true });
      const waiting = async () => (await own<{ items: WaitingSignIn[] }>('GET', '/me/approvals')).body.items;
      const decide = async (body: object) => {
        const [one] = await waiting();
        return own('POST', `/me/approvals/${one?.id}`, body);
      };

      const first = await begin('OTP');
      const { GeneratedAuthValue } = await first('StartOOB');
      expect(await waiting()).toMatchObject([{ source: '127.0.0.1' }]);
      expect(JSON.stringify(await waiting())).not.toContain(`"${GeneratedAuthValue}"`);
      for (const bad of [{ decision: 'approve' }, { decision: 'approve', number: '1' }, {}])
        expect((await decide(bad)).status).toBe(400);
      const approved = await decide({ decision: 'approve', number: GeneratedAuthValue });
      expect(approved).toMatchObject({ status: 200, body: { outcome: 'approved' } });
      expect(await waiting()).toEqual([]);
      expect((await first('Poll')).Summary).toBe('LoginSuccess');
      expect((await own('POST', '/me/approvals/gone', { decision: 'deny' })).status).toBe(404);

      const second = await begin('OTP');
      const shown = (await second('StartOOB')).GeneratedAuthValue;
      const wrong = await decide({ decision: 'approve', number: shown === '10' ? '11' : '10' });
      expect(wrong.body).toEqual({ outcome: 'denied' });
      expect((await second('Poll')).Summary).toBe('Failure');

      const third = await begin('OTP');
      await third('StartOOB');
      const other = await world.as(PEOPLE.plain, PASSWORD).catch(() => null);
      expect(other).toBeNull();
      expect((await decide({ decision: 'deny' })).body).toEqual({ outcome: 'denied' });
      await world.apply(NONE);
      const weak = await world.as(PEOPLE.plain);
      expect((await weak('GET', '/me')).body).toMatchObject({ mayApprove: false });
      const token = world.calling({ authorization: `Bearer ${await world.tokenOf(PEOPLE.plain, 'self')}` });
      expect((await token('GET', '/me/approvals')).status).toBe(403);
    });
  },
  { clock },
);
