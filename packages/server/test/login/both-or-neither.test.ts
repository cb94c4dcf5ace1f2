/** What is used up and what it buys are one transaction: where one of them cannot be written, neither is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { raw } from '../store/raw.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { answer, BOB, call, codeAt, signIn, start, tryPassword } from './dance.js';
import { type Nodes, openNodes, PASSWORD, type Person, wayToPassword } from './two-nodes.js';

const NEXT = 'nine hens under the porch';

describeOnEveryDatabase('both or neither', (database) => {
  let nodes: Nodes;

  beforeAll(async () => {
    nodes = await openNodes(database);
  });
  afterAll(() => nodes.close());

  /** Does `job` while the database refuses one kind of write, as one that fails at that moment would. */
  async function refusing(event: string, table: string, job: () => Promise<unknown>): Promise<void> {
    const trigger = `create trigger refuse before ${event} on ${table}`;
    const isPostgres = database.name === 'postgres';
    await raw(
      nodes.databaseUrl,
      isPostgres
        ? `create or replace function refuse() returns trigger language plpgsql
            as $$ begin raise exception 'refused'; end $$;
           ${trigger} for each row execute function refuse()`
        : `${trigger} begin select raise(abort, 'refused'); end`,
    );
    await job();
    await raw(nodes.databaseUrl, isPostgres ? `drop trigger refuse on ${table}` : 'drop trigger refuse');
  }

  async function mailedWay({ loginName, email }: Person) {
    const { SessionId } = await start(nodes.first, loginName);
    const body = { SessionId, MechanismId: '', Action: 'ForgotPassword' };
    await call(nodes.first, '/Security/AdvanceAuthentication', body);
    return wayToPassword(nodes, await nodes.messageTo(email));
  }

  const summaryOf = async (SessionId: string, id: string, given: string) =>
    (await answer(nodes.first, SessionId, id, given)).envelope.Result?.Summary;

  test.each([
    ['delete', 'logins', 'the link cannot be used up'],
    ['update', 'users', 'the password cannot be written'],
    ['delete', 'sessions', 'the sessions cannot be ended'],
  ])('%s %s: where %s, the old password and the link are good', async (event, table) => {
    const person = await nodes.person(`${event}-${table}`);
    const { token, reset } = await mailedWay(person);
    await refusing(event, table, async () => {
      expect(await summaryOf(token, reset, NEXT)).not.toBe('NoncommitalSuccess');
    });
    await signIn(nodes.first, person);
    expect(await summaryOf(token, reset, NEXT)).toBe('NoncommitalSuccess');
    await signIn(nodes.first, { loginName: person.loginName, password: NEXT });
  });

  test('a recovery code, or one of an app, that opened no session is not used up', async () => {
    const person = await nodes.person('unlucky');
    const questions = ['street', 'teacher', 'pet'].map((word) => ({
      ...{ question: `Your first ${word}?`, answer: `the ${word}` },
    }));
    await person.me('/factors/questions', { password: PASSWORD, questions });
    const { body } = await person.me('/factors/recovery-codes', { password: PASSWORD });
    const [recovery = ''] = body.codes as string[];
    for (const [who, name, code] of [
      [person, 'RECOVERY', recovery],
      [BOB, 'OATH', codeAt(nodes.clock.now())],
    ] as const) {
      const login = await nodes.passwordMet(who, name);
      await refusing('insert', 'sessions', async () => {
        expect(await summaryOf(login.SessionId, login.id, code)).not.toBe('LoginSuccess');
      });
      const again = await nodes.passwordMet(who, name);
      expect(await summaryOf(again.SessionId, again.id, code), name).toBe('LoginSuccess');
      const third = await nodes.passwordMet(who, name);
      expect(await summaryOf(third.SessionId, third.id, code), name).toBe('Failure');
    }
  });

  test.each([
    ['update', 'users', 'the address cannot be written'],
    ['insert', 'spent_ids', 'the ticket cannot be used up'],
  ])('%s %s: where %s, the ticket is good and the address the old one', async (event, table) => {
    const person = await nodes.person(`moves-${table.replace('_', '-')}`);
    const email = `moved-${table.replace('_', '-')}@mail.test`;
    const { ticket } = (await person.me('/email/offer', { password: PASSWORD, email })).body;
    const { code } = await nodes.messageTo(email);
    await refusing(event, table, async () => {
      expect((await person.me('/email', { ticket, code })).status).toBeGreaterThanOrEqual(400);
    });
    const user = await nodes.first.core.store.read.users.find(nodes.first.tenant.id, person.userId);
    expect(user?.email).toBe(person.email);
    expect((await person.me('/email', { ticket, code })).status).toBe(200);
  });

  test('one’s own new password does not come without the end of the other sessions', async () => {
    const person = await nodes.person('careful');
    await signIn(nodes.first, person);
    const passwords = { oldPassword: PASSWORD, newPassword: NEXT };
    const change = () => person.me('/password', passwords, nodes.first, 'PUT');
    await refusing('delete', 'sessions', async () => {
      expect((await change()).status).toBeGreaterThanOrEqual(400);
    });
    expect((await tryPassword(nodes.first, person.loginName, NEXT)).envelope.success).toBe(false);
    expect((await change()).status).toBeLessThan(300);
  });
});
