import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ADA,
  ADMIN,
  DECLARATION,
  type RunningServer,
  startServer,
  variables,
} from './support/running-server.js';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
  const file = await server.write('tenant.yaml', DECLARATION);
  await server.ok(['apply', '-f', file], { env: variables(server.url) });
});
afterAll(() => server.close());

/** Whether the password signs the user in. */
async function signsIn(user: string, password: string): Promise<boolean> {
  const args = ['login', '--endpoint', server.url, '--user', user];
  return (await server.cli(args, { input: `${password}\n` })).code === 0;
}

/** Lets a wrong guess slow the account down for an hour, as many of them would. */
async function slowDown(user: string): Promise<void> {
  expect(await signsIn(user, 'a wrong guess')).toBe(false);
  const database = new DatabaseSync(join(server.env.SALLYPORT_DATA_DIR ?? '', 'sallyport.db'));
  const slowed = database.prepare('update attempts set failures = 20, slowed_until = ? where login_key = ?');
  expect(slowed.run(Date.now() + 3_600_000, user).changes).toBeGreaterThan(0);
  database.close();
  expect(await signsIn(user, ADMIN.password)).toBe(false);
}

describe('user passwd', { timeout: 60_000 }, () => {
  it('takes the first line of standard input, a second one being equal', async () => {
    await server.ok(['user', 'passwd', ADA.user], { input: 'the second engine\n' });
    expect(await signsIn(ADA.user, 'the second engine')).toBe(true);
    expect(await signsIn(ADA.user, ADA.password)).toBe(false);
    await server.ok(['user', 'passwd', ADA.user], { input: 'the third engine\nthe third engine\n' });
    expect(await signsIn(ADA.user, 'the third engine')).toBe(true);
  });

  it.each([
    ['a second line that differs', 'one engine more\none engine less\n', 'the two passwords differ'],
    ['no line at all', '', 'standard input ended'],
    ['a password against the policy', 'short\n', 'password: '],
  ])('refuses %s, and leaves the password as it was', async (_, input, reason) => {
    const { code, stderr } = await server.cli(['user', 'passwd', 'grace@acme.test'], { input });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(reason) });
    expect(stderr.split('\n')).toHaveLength(2);
  });

  it('clears every lock', async () => {
    await slowDown(ADMIN.user);
    await server.ok(['user', 'passwd', ADMIN.user], { input: ADMIN.password });
    expect(await signsIn(ADMIN.user, ADMIN.password)).toBe(true);
  });

  it('names a user that does not exist', async () => {
    const { code, stderr } = await server.cli(['user', 'passwd', 'nobody@acme.test'], {
      input: 'a fine phrase',
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('nobody@acme.test') });
  });
});

describe('user unlock', { timeout: 60_000 }, () => {
  it('lets a slowed account in again', async () => {
    await slowDown(ADMIN.user);
    await server.ok(['user', 'unlock', ADMIN.user]);
    expect(await signsIn(ADMIN.user, ADMIN.password)).toBe(true);
  });

  it('--remove-factors lets someone in who lost the phone, here and over HTTP', async () => {
    const file = await server.write(
      'factor.yaml',
      `users: [{ loginName: grace@acme.test, totpSecret: ${ADA.totpSecret} }]`,
    );
    await server.ok(['login', '--endpoint', server.url, '--user', ADMIN.user], { input: ADMIN.password });
    for (const where of [[], ['--endpoint', server.url]]) {
      await server.ok(['apply', '-f', file]);
      expect(await signsIn('grace@acme.test', ADA.password)).toBe(false);
      await server.ok(['user', 'unlock', 'grace@acme.test', '--remove-factors', ...where]);
      expect(await signsIn('grace@acme.test', ADA.password)).toBe(true);
      await server.ok(['login', '--endpoint', server.url, '--user', ADMIN.user], { input: ADMIN.password });
    }
  });

  it('enables an administrator again, and leaves another disabled user disabled', async () => {
    const file = await server.write(
      'disabled.yaml',
      `users:
  - { loginName: root@acme.test, email: root@acme.test, displayName: Root, password: a spare key ring, enabled: false }
  - { loginName: alan@acme.test, email: alan@acme.test, displayName: Alan, password: a spare key ring, enabled: false }
roles: [{ name: System Administrator, members: [${ADMIN.user}, root@acme.test] }]\n`,
    );
    await server.ok(['apply', '-f', file]);
    expect(await server.ok(['user', 'unlock', 'root@acme.test'])).toContain('enabled');
    expect(await signsIn('root@acme.test', 'a spare key ring')).toBe(true);
    expect(await server.ok(['user', 'unlock', 'alan@acme.test'])).toContain('still disabled');
    expect(await signsIn('alan@acme.test', 'a spare key ring')).toBe(false);
  });
});

describe('user add', { timeout: 60_000 }, () => {
  it('adds a person with the password of standard input', async () => {
    await server.ok(['user', 'add', 'edsger@acme.test', '--display-name', 'Edsger'], {
      input: 'the shortest path',
    });
    expect(await signsIn('edsger@acme.test', 'the shortest path')).toBe(true);
  });

  it('generates a secret and shows it this once', async () => {
    const args = ['user', 'add', 'robot@acme.test', '--confidential-client', '--generate', '--json'];
    const Created = z.looseObject({
      generatedPassword: z.string().min(20),
      confidentialClient: z.literal(true),
    });
    const { generatedPassword } = Created.parse(JSON.parse(await server.ok(args)));
    expect(await server.ok(['export'])).not.toContain(generatedPassword);
  });

  it('refuses a name that is taken, outside the login suffixes, or none at all', async () => {
    for (const name of [ADA.user, 'ada@elsewhere.test', 'ada']) {
      const { code, stderr } = await server.cli(['user', 'add', name, '--generate']);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('loginName') });
    }
  });
});

describe('app and keys', { timeout: 60_000 }, () => {
  it('lists apps and shows one whole', async () => {
    expect(await server.ok(['app', 'list'])).toMatch(/^people +People +OAuth2Client +enabled$/m);
    expect(await server.ok(['app', 'show', 'PEOPLE'])).toContain('lifetime: 5h');
    expect(await server.cli(['app', 'show', 'none'])).toMatchObject({ code: 1 });
  });

  it('rotates: the published key signs, another is published, none is dropped', async () => {
    const Keys = z.array(z.looseObject({ kid: z.string(), state: z.string() }));
    const read = async (verb: string) => Keys.parse(JSON.parse(await server.ok(['keys', verb, '--json'])));
    const before = await read('list');
    const after = await read('rotate');
    expect(after.map(({ kid }) => kid)).toEqual(expect.arrayContaining(before.map(({ kid }) => kid)));
    const active = (keys: z.infer<typeof Keys>) => keys.find(({ state }) => state === 'active')?.kid;
    expect(active(after)).not.toBe(active(before));
    expect(after.filter(({ state }) => state === 'next')).toHaveLength(1);
    expect(await read('list')).toEqual(after);
  });
});
