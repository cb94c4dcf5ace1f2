import { chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ADMIN, DECLARATION, type RunningServer, startServer, variables } from './support/running-server.js';

const Plan = z.strictObject({
  changes: z.array(z.strictObject({ object: z.string(), action: z.string(), fields: z.array(z.string()) })),
});

let server: RunningServer;
let env: Record<string, string>;
let file: string;

/** The plan that `apply` prints for a text. */
async function plan(text: string, ...flags: string[]): Promise<z.infer<typeof Plan>['changes']> {
  const printed = await server.ok(['apply', '-f', '-', '--json', ...flags], { input: text, env });
  return Plan.parse(JSON.parse(printed)).changes;
}

async function applicationIds(): Promise<string[]> {
  const apps = z.array(z.looseObject({ applicationId: z.string() }));
  return apps.parse(JSON.parse(await server.ok(['app', 'list', '--json']))).map((app) => app.applicationId);
}

beforeAll(async () => {
  server = await startServer();
  env = variables(server.url);
  file = await server.write('tenant.yaml', DECLARATION);
  await server.ok(['apply', '-f', file], { env });
});
afterAll(() => server.close());

describe('apply', { timeout: 60_000 }, () => {
  it('changes nothing at the second run, and says so', async () => {
    expect(await server.ok(['apply', '-f', file], { env })).toBe('no changes\n');
    expect(await plan(DECLARATION)).toEqual([]);
  });

  it('prints the plan of creations, changed fields and deletions, and a dry run changes nothing', async () => {
    const text = [
      'users: [{ loginName: alan@acme.test, email: alan@acme.test, displayName: Alan }]',
      'apps: [{ applicationId: people, name: The people, tokens: { lifetime: 1h } }]',
    ].join('\n');
    const options = { input: text, env };
    const printed = await server.ok(['apply', '-f', '-', '--dry-run', '--prune'], options);
    expect(printed.split('\n')).toEqual(
      expect.arrayContaining([
        '+ users/alan@acme.test',
        '~ apps/people (name, tokens.lifetime)',
        '- apps/programs',
        '- users/grace@acme.test',
      ]),
    );
    expect(await plan(DECLARATION)).toEqual([]);
  });

  it('takes JSON from standard input as well as YAML from a file', async () => {
    const text = JSON.stringify({ roles: [{ name: 'From JSON', description: 'b' }] });
    expect(await plan(text)).toMatchObject([{ object: 'roles/From JSON', action: 'create' }]);
    expect(await plan(text)).toEqual([]);
  });

  it('keeps the value of a key that is left out', async () => {
    await plan('apps: [{ applicationId: kept, name: Kept, description: stays }]');
    expect(await plan('apps: [{ applicationId: kept, name: Renamed }]')).toEqual([
      { object: 'apps/kept', action: 'update', fields: ['name'] },
    ]);
    const app = await server.ok(['app', 'show', 'kept', '--json']);
    expect(JSON.parse(app)).toMatchObject({ name: 'Renamed', description: 'stays', enabled: true });
  });

  it('with --prune deletes what the file does not name, under the top keys present only', async () => {
    await plan('roles: [{ name: Doomed }]\napps: [{ applicationId: doomed, name: Doomed }]');
    const rolesOnly = await plan('roles: [{ name: Developers }]', '--prune');
    expect(rolesOnly).toContainEqual(expect.objectContaining({ object: 'roles/Doomed', action: 'delete' }));
    expect(await applicationIds()).toContain('doomed');
    const kept = ['people', 'programs', 'short'];
    await plan(JSON.stringify({ apps: kept.map((applicationId) => ({ applicationId })) }), '--prune');
    expect(await applicationIds()).toEqual(kept);
  });

  it('never prunes the last administrator or a built-in role', async () => {
    const pruned = await plan('users: []\nroles: []', '--prune', '--dry-run');
    expect(pruned.map(({ object }) => object)).not.toContain(`users/${ADMIN.user}`);
    expect(pruned.map(({ object }) => object)).not.toContain('roles/System Administrator');
  });

  it('leaves a password alone that verifies, and writes one that does not', async () => {
    const changed = { ...env, ADA_PASSWORD: 'an analytical engine' };
    const passwords = await server.ok(['apply', '-f', file, '--dry-run'], { env: changed });
    expect(passwords).toContain('~ users/ada@acme.test (password)');
    expect(passwords).not.toContain('reports@acme.test');
    expect(passwords).not.toContain('analytical');
  });

  it('acts as local:USER in the change log', async () => {
    const session = await server.ok(['login', '--endpoint', server.url, '--user', ADMIN.user], {
      input: ADMIN.password,
    });
    expect(session).toContain('BearerToken: ');
    const log = await server.ok(['call', '/api/v1/changes']);
    expect(log).toContain(`"local:${userInfo().username}"`);
  });

  it('does the same over HTTP with a stored login, and faults name their line there too', async () => {
    await server.ok(['login', '--endpoint', server.url, '--user', ADMIN.user], { input: ADMIN.password });
    const remote = ['--endpoint', server.url];
    expect(await server.ok(['apply', '-f', file, ...remote], { env })).toBe('no changes\n');
    expect(await plan('roles: [{ name: Over HTTP }]', ...remote)).toMatchObject([{ action: 'create' }]);
    const broken = await server.write(
      'remote.yaml',
      'roles:\n  - name: Over HTTP\n    rights: [Everything]\n',
    );
    const { code, stderr } = await server.cli(['apply', '-f', broken, ...remote]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/remote\.yaml:3: roles\[0\]/),
    });
  });

  it('ends when the running server has taken the change up, and names a node that stays silent', async () => {
    for (const enabled of [false, true, false, true]) {
      await plan(`apps: [{ applicationId: people, enabled: ${enabled} }]`);
      const { status } = await fetch(`${server.url}/people/.well-known/openid-configuration`);
      expect(status === 200).toBe(enabled);
    }
    server.freeze();
    const text = 'roles: [{ name: Unheard }]';
    const { code, stderr } = await server.cli(['apply', '-f', '-'], { input: text });
    server.thaw();
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^note: the node \S.* has not/),
    });
  });

  it.runIf(process.getuid?.() === 0)('is refused when the system user does not own the data', async () => {
    const database = join(server.env.SALLYPORT_DATA_DIR ?? '', 'sallyport.db');
    await chown(database, 65_534, 65_534);
    const { code, stderr } = await server.cli(['export']);
    await chown(database, 0, 0);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('belongs to another') });
  });

  it('makes no database where there is no data directory', async () => {
    const elsewhere = join(server.folder, 'typo');
    const { code, stderr } = await server.cli(['app', 'list', '--data-dir', elsewhere]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('no data directory') });
    await expect(readFile(join(elsewhere, 'sallyport.db'))).rejects.toThrow('ENOENT');
  });

  it('sets an empty database up to declare something there, and for nothing else', async () => {
    const empty = join(server.folder, 'empty');
    await mkdir(empty);
    const at = ['--data-dir', empty];
    const looks = [
      ['app', 'list'],
      ['export'],
      ['user', 'unlock', 'ada'],
      ['apply', '-f', file, '--dry-run'],
    ];
    for (const args of looks) {
      const { code, stdout, stderr } = await server.cli([...args, ...at], { env });
      expect({ code, stdout, stderr }).toEqual({
        ...{ code: 1, stdout: '' },
        stderr: expect.stringMatching(/sallyport\.db holds no tenant: start the server there once/),
      });
    }
    expect(await readdir(empty)).toEqual([]);
    await writeFile(join(empty, 'sallyport.db'), '');
    expect((await server.cli(['app', 'list', ...at])).code, 'an empty file').toBe(1);
    expect(await readdir(empty)).toEqual(['sallyport.db']);
    await rm(join(empty, 'sallyport.db'));
    expect(await server.ok(['apply', '-f', file, ...at], { env })).toMatch(/^\+ /m);
    expect(await server.ok(['app', 'list', ...at])).toContain('people');
    const another = join(server.folder, 'another');
    await mkdir(another);
    const adding = ['user', 'add', 'first@localhost', '--email', 'first@acme.test', '--generate'];
    expect(await server.ok([...adding, '--data-dir', another])).toContain('added first@localhost');
  });
});

describe('export', { timeout: 60_000 }, () => {
  it('is a file that applying changes nothing, without a secret', async () => {
    const yaml = await server.ok(['export']);
    expect(yaml).toContain('applicationId: people');
    expect(yaml).not.toMatch(/password|totpSecret|argon2/i);
    expect(await plan(yaml, '--prune')).toEqual([]);
    const json = await server.ok(['export', '--json']);
    expect(await plan(json)).toEqual([]);
  });

  it('escapes what apply would take for a variable', async () => {
    const text = `roles: [{ name: Escaped, description: "costs $$\{PRICE}, or $$$\{PRICE}" }]`;
    await plan(text);
    const yaml = await server.ok(['export']);
    expect(yaml).toContain(`costs $$\{PRICE}, or $$$\{PRICE}`);
    expect(await plan(yaml)).toEqual([]);
  });
});

describe('a file that is refused', { timeout: 60_000 }, () => {
  const good = 'roles:\n  - name: Never';

  it.each([
    ['a broken YAML', 'apps:\n  - applicationId: a\n   name: b\n', /:3: /],
    ['two values for one key', 'tenant:\n  name: a\n  name: b\n', /:3: Map keys must be unique/],
    ['a list where top keys belong', '- apps\n', /:1: expected top keys/],
    ['an empty file', '', /:1: expected top keys/],
    ['an unknown top key', `${good}\nrols: []\n`, /:3: rols: unknown key/],
    ['an unknown key inside', `${good}\n    colour: red\n`, /:3: roles\[0\]\.colour: unknown key/],
    [
      'an unknown key of an app',
      `${good}\napps:\n  - applicationId: a\n    name: A\n    tokens:\n      lifetme: 5h\n`,
      /:7: apps\[0\]\.tokens\.lifetme: unknown key/,
    ],
    ['a key that every object has', '__proto__: { x: 1 }\n', /:1: __proto__: unknown key; there are: /],
    ['one that nests too deep', `users: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, /:1: it nests too deep/],
    [
      'a refused value',
      `${good}\napps:\n  - applicationId: a\n    name: A\n    tokens:\n      lifetime: soon\n`,
      /:7: apps\[0\]\.tokens\.lifetime: a number followed by s, m, h or d/,
    ],
    [
      'an item of a list',
      `${good}\napps:\n  - applicationId: a\n    name: A\n    generalUsage:\n      redirects:\n        - https://a.example/\n        - javascript:alert(1)\n`,
      /:9: apps\[0\]\.generalUsage\.redirects\[1\]: /,
    ],
    [
      'a template nobody knows',
      `${good}\napps:\n  - applicationId: a\n    name: A\n    template: SAML\n`,
      /:6: apps\[0\]\.template: /,
    ],
    [
      'a missing key, at the object',
      `${good}\napps:\n  - name: A\n`,
      /:4: apps\[0\]\.applicationId: is required/,
    ],
    ['an unknown member', `${good}\n    members: [nobody@acme.test]\n`, /:3: roles\[0\]\.members\[0\]: /],
    [
      'an unset variable',
      `${good}\n    description: "\${NOT_SET}"\n`,
      /:3: the environment variable NOT_SET is not set/,
    ],
    ['a name that no variable has', `${good}\n    description: "\${a-b}"\n`, /:3: "\$\{a-b\}" names no/],
  ])('%s: one line with file, line, key and reason, exit 1', async (_, text, reason) => {
    const { code, stdout, stderr } = await server.cli(['apply', '-f', await server.write('bad.yaml', text)]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^sallyport: \S*bad\.yaml:\d+: [^\n]+\n$/);
    expect(stderr).toMatch(reason);
  });

  afterAll(async () => {
    expect(await server.ok(['export'])).not.toContain('Never');
  });
});
