import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Finished, start } from '../support/process.js';
import {
  ADA,
  DECLARATION,
  REPORTS,
  type RunningServer,
  SIGN_IN,
  startServer,
  variables,
} from './support/running-server.js';
import { totp } from './support/totp.js';

const TokenAnswer = z.looseObject({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  scope: z.string(),
});

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
  const file = await server.write('tenant.yaml', DECLARATION);
  await server.ok(['apply', '-f', file], { env: variables(server.url) });
});
afterAll(() => server.close());

const token = (grant: string, app: string, client: string, ...more: string[]) => [
  ...['token', grant, '--endpoint', server.url, '--appid', app, '--clientid', client],
  ...more,
];

const ada = { USERNAME: ADA.user, PASSWORD: ADA.password };

/** The two lines that every way to a token ends in. */
function bearer(printed: string): string {
  const [, endpoint, bearerToken = ''] = /^Endpoint: (\S+)\nBearerToken: (\S+)\n$/.exec(printed) ?? [];
  expect(endpoint).toBe(server.url);
  return bearerToken;
}

async function whoami(...args: string[]): Promise<string> {
  const Envelope = z.looseObject({ success: z.literal(true), Result: z.looseObject({ User: z.string() }) });
  return Envelope.parse(JSON.parse(await server.ok(['call', '/security/whoami', ...args]))).Result.User;
}

/** `token code --no-browser` with the scripted user in between. */
async function codeByPaste(...more: string[]): Promise<Finished> {
  const args = token('code', 'people', 'cli', '--no-browser', ...more);
  const command = start(args, { env: server.env });
  const [url] = await command.seen(/^http\S+/m);
  const env = { ...process.env, ...ada };
  const { stdout } = await promisify(execFile)(process.execPath, [SIGN_IN, url], { env });
  expect(stdout).toMatch(new RegExp(`^${server.url}/sysinfo/dummy\\?`));
  command.child.stdin?.end(stdout);
  const finished = await command.finished;
  return { ...finished, stdout: finished.stdout.replace(`${url}\n`, '') };
}

describe('token device', { timeout: 60_000 }, () => {
  it('prints a code, and the token once the user has allowed it in a browser', async () => {
    const command = start(token('device', 'people', 'cli', '--scope', 'whoami'), { env: server.env });
    const [, userCode = ''] = await command.seen(/type the code (\S+)/, 'stderr');
    await allowDevice(userCode);
    const { code, stdout } = await command.finished;
    expect(code).toBe(0);
    bearer(stdout);
    expect(await whoami()).toBe(ADA.user);
  });
});

/** What Ada's browser does at `/device`, with a session of its own. */
async function allowDevice(userCode: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-centrify-native-client': '1' };
  const post = async (path: string, body: object) =>
    fetch(`${server.url}/security/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const Started = z.object({
    Result: z.object({
      SessionId: z.string(),
      Challenges: z.array(z.object({ Mechanisms: z.array(z.object({ MechanismId: z.string() })) })),
    }),
  });
  const { Result } = Started.parse(
    await (await post('startauthentication', { User: ADA.user, Version: '1.0' })).json(),
  );
  const MechanismId = Result.Challenges[0]?.Mechanisms[0]?.MechanismId;
  const done = await post('advanceauthentication', {
    ...{ SessionId: Result.SessionId, MechanismId, Action: 'Answer', Answer: ADA.password },
  });
  const cookie = done.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  const native = { cookie, 'x-centrify-native-client': '1' };
  const answers: Record<string, string>[] = [{}, { result: '1' }];
  for (const result of answers) {
    const body = new URLSearchParams({ user_code: userCode, ...result });
    const page = await fetch(`${server.url}/device`, { method: 'POST', headers: native, body });
    expect(page.status).toBe(200);
  }
}

describe('token client', { timeout: 60_000 }, () => {
  it('prints Endpoint and BearerToken, and call uses the token', async () => {
    const args = token('client', 'programs', REPORTS.user, '--clientsecret', REPORTS.secret);
    bearer(await server.ok(args));
    expect(await whoami()).toBe(REPORTS.user);
  });

  it('takes the secret from standard input when it is - or left out', async () => {
    for (const more of [['--clientsecret', '-'], []])
      bearer(await server.ok(token('client', 'programs', REPORTS.user, ...more), { input: REPORTS.secret }));
  });

  it("prints the token endpoint's answer with --json", async () => {
    const args = token('client', 'programs', REPORTS.user, '--clientsecret', REPORTS.secret, '--json');
    expect(TokenAnswer.parse(JSON.parse(await server.ok(args))).scope).toBe('whoami');
  });

  it.each([
    ['a wrong secret', 'programs', REPORTS.user, /invalid_client.*Admin Portal: Users, reports@acme.test/],
    [
      'a grant the app does not allow',
      'people',
      REPORTS.user,
      /unauthorized_client.*Apps, people, Tokens, Auth Methods/,
    ],
    ['an app that is not there', 'nothing', REPORTS.user, /Apps, nothing/],
  ])('says where to change what for %s', async (_, app, client, advice) => {
    const secret = app === 'programs' ? 'a wrong secret' : REPORTS.secret;
    const { code, stdout, stderr } = await server.cli(token('client', app, client, '--clientsecret', secret));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(advice);
    expect(stderr).toMatch(/^sallyport: [^\n]+\n$/);
    expect(stderr).not.toContain(secret);
  });
});

describe('token password', { timeout: 60_000 }, () => {
  it('asks for the password and prints the token', async () => {
    const args = token('password', 'people', 'cli', '--username', ADA.user);
    const bearerToken = bearer(await server.ok(args, { input: ADA.password }));
    expect(await whoami('--endpoint', server.url, '--token', bearerToken)).toBe(ADA.user);
  });
});

describe('token code', { timeout: 60_000 }, () => {
  it('--no-browser prints the URL, takes the redirected one, and exchanges the code', async () => {
    const { code, stdout, stderr } = await codeByPaste('--scope', 'whoami');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    bearer(stdout);
    expect(await whoami()).toBe(ADA.user);
  });

  it('opens $BROWSER, prints the URL on standard error and catches the redirect on a loopback port', async () => {
    const env = { ...ada, BROWSER: `${process.execPath} ${SIGN_IN}` };
    const { code, stdout, stderr } = await server.cli(token('code', 'people', 'cli'), { env });
    expect(code).toBe(0);
    expect(stderr).toContain(`${server.url}/oauth2/authorize/people?`);
    expect(stderr).toContain('code_challenge_method=S256');
    bearer(stdout);
  });

  it('refuses a redirect that answers another request', async () => {
    const input = `${server.url}/sysinfo/dummy?code=abc&state=other`;
    const args = token('code', 'people', 'cli', '--no-browser');
    const { code, stderr } = await server.cli(args, { input });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('state differs') });
  });

  it('--verbose and --har show every exchange, and no secret', async () => {
    const har = join(server.folder, 'traffic.har');
    const { code, stdout, stderr } = await codeByPaste('--verbose', '--har', har);
    expect(code).toBe(0);
    const secret = bearer(stdout);
    const Har = z.object({ log: z.object({ entries: z.array(z.looseObject({})) }) });
    const text = await readFile(har, 'utf8');
    expect(Har.parse(JSON.parse(text)).log.entries).toHaveLength(2);
    expect(stderr).toContain(`> POST ${server.url}/oauth2/token/people`);
    for (const shown of [stderr, text]) {
      expect(shown).toContain('grant_type=authorization_code');
      expect(shown).not.toContain(secret);
      expect(shown).toMatch(/code_verifier=\*\*\*/);
    }
    expect((await stat(har)).mode & 0o777).toBe(0o600);
  });
});

describe('token refresh', { timeout: 60_000 }, () => {
  it('renews the last token without being told which', async () => {
    const first = bearer((await codeByPaste('--scope', 'whoami')).stdout);
    const second = bearer(await server.ok(['token', 'refresh']));
    expect(second).not.toBe(first);
    bearer(await server.ok(['token', 'refresh']));
    expect(await whoami()).toBe(ADA.user);
  });

  it('says what to switch on when there is no refresh token', async () => {
    await server.ok(token('client', 'programs', REPORTS.user, '--clientsecret', REPORTS.secret));
    const { code, stderr } = await server.cli(['token', 'refresh']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Issue refresh tokens') });
  });
});

describe('tokens that are kept', { timeout: 60_000 }, () => {
  it('lie below XDG_STATE_HOME, for their owner alone', async () => {
    await server.ok(token('client', 'programs', REPORTS.user, '--clientsecret', REPORTS.secret));
    const folder = join(server.folder, 'state', 'sallyport', 'tokens');
    const names = await readdir(folder);
    expect(names).not.toHaveLength(0);
    for (const name of names) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(folder, name), 'utf8')).not.toContain(REPORTS.secret);
    }
  });
});

describe('a token that is kept', { timeout: 60_000 }, () => {
  it('is renewed by the command that needs it once it is due', async () => {
    const args = token('password', 'short', 'cli', '--username', ADA.user);
    const first = bearer(await server.ok(args, { input: ADA.password }));
    expect(await whoami()).toBe(ADA.user);
    const { stderr } = await server.cli(['call', '/security/whoami', '--verbose']);
    expect(stderr).toContain('grant_type=refresh_token');
    expect(stderr).not.toContain(first);
  });

  it('is printed again with --reuse while it can serve, for the same client alone', async () => {
    const args = token('client', 'programs', REPORTS.user, '--scope', 'whoami', '--clientsecret');
    const first = bearer(await server.ok([...args, REPORTS.secret]));
    expect(bearer(await server.ok([...args, 'not the secret', '--reuse']))).toBe(first);
    const other = token('client', 'programs', 'other@acme.test', '--scope', 'whoami', '--reuse');
    expect((await server.cli([...other, '--clientsecret', 'x'])).code).toBe(1);
  });

  it('comes as an object to PowerShell', async () => {
    const args = token('client', 'programs', REPORTS.user, '--clientsecret', REPORTS.secret, '--powershell');
    const printed = await server.ok(args);
    expect(printed).toMatch(/^\[pscustomobject\]@\{ Endpoint = '[^']+'; BearerToken = '[^']+' \}\n$/);
    expect(printed).toContain(`Endpoint = '${server.url}'`);
  });
});

describe('login', { timeout: 60_000 }, () => {
  it('meets every challenge with a line of standard input, and keeps the session for call', async () => {
    const input = `grace@acme.test\n${ADA.password}\n${totp(ADA.totpSecret)}\n`;
    bearer(await server.ok(['login', '--endpoint', server.url], { input }));
    expect(await whoami()).toBe('grace@acme.test');
  });

  it('is refused for a wrong password in one line, without the password', async () => {
    const args = ['login', '--endpoint', server.url, '--user', ADA.user];
    const { code, stdout, stderr } = await server.cli(args, { input: 'not her password' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^sallyport: [^\n]+\n$/);
    expect(stderr).not.toContain('not her password');
  });
});

describe('call', { timeout: 60_000 }, () => {
  it('is refused outside the scope, naming the scope page and the path', async () => {
    await server.ok(token('client', 'programs', REPORTS.user, '--clientsecret', REPORTS.secret));
    for (const [path, subject] of [
      ['/api/v1/users?limit=1', 'api/v1/users'],
      ['/security/refreshtoken', 'security/refreshtoken'],
    ]) {
      const { code, stdout, stderr } = await server.cli(['call', path ?? '']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(new RegExp(`Apps, programs, Scope.*REST Regex that matches ${subject}\\n$`));
    }
  });

  it('is refused with a dead token, saying how to get another', async () => {
    const args = ['call', '/security/whoami', '--endpoint', server.url, '--token', 'x'.repeat(43)];
    const { code, stderr } = await server.cli(args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('sallyport token') });
  });
});
