import { describe, expect, it } from 'vitest';
import { run } from '../support/process.js';

const COMMANDS = [
  'serve',
  'apply',
  'export',
  'user add',
  'user passwd',
  'user unlock',
  'app list',
  'app show',
  'keys list',
  'keys rotate',
  'token code',
  'token device',
  'token client',
  'token password',
  'token refresh',
  'login',
  'call',
];

describe.concurrent('usage', () => {
  it.each(COMMANDS)('%s --help shows what it does and an example, and exits 0', async (command) => {
    const { code, stdout, stderr } = await run([...command.split(' '), '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`Examples?:\n {2}sallyport ${command}`));
  });

  it.each(['', 'user', 'app', 'keys', 'token'])(
    '"%s" alone lists its commands and exits 2',
    async (group) => {
      const { code, stdout, stderr } = await run(group.split(' ').filter(Boolean));
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Example:');
    },
  );

  it.each([
    ['aply', /unknown command 'aply' \(Did you mean apply\?\)/],
    ['apply', /required option '-f, --file <file>' not specified/],
    ['apply -f x --frob', /unknown option '--frob'/],
    ['user passwd', /missing required argument 'login-name'/],
    ['token client --endpoint http://localhost:1', /required option '--appid <id>'/],
    ['token client --endpoint nonsense --appid a --clientid c --clientsecret s', /endpoint is not a URL/],
    ['app list --endpoint http://id.example.com --token t', /https/],
    ['token refresh', /no token of an app is kept/],
    ['call whoami --endpoint http://localhost:1 --token t', /expected a path such as \/security\/whoami/],
    ['call /x --endpoint http://localhost:1 --token t --data {', /--data is not JSON/],
  ])('"%s" is wrong usage: one line, exit 2', async (line, complaint) => {
    const env = { XDG_STATE_HOME: '/nonexistent' };
    const { code, stdout, stderr } = await run(line.split(' '), { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(complaint);
    expect(stderr).toMatch(/^sallyport: [^\n]+\n$/);
  });

  it('shows the stack of a failure only with --verbose', async () => {
    const quiet = await run(['apply', '-f', '/nonexistent/file.yaml']);
    expect(quiet).toMatchObject({ code: 1, stderr: 'sallyport: /nonexistent/file.yaml: no such file\n' });
    const verbose = await run(['apply', '-f', '/nonexistent/file.yaml', '--verbose']);
    expect(verbose.code).toBe(1);
    expect(verbose.stderr).toContain('\n    at ');
    expect(verbose.stderr).toContain('ENOENT');
  });

  it('names a server that is not there in one line', async () => {
    const { code, stderr } = await run(['app', 'list', '--endpoint', 'http://127.0.0.1:2', '--token', 't']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sallyport: cannot reach http:\/\/127\.0\.0\.1:2 \(ECONNREFUSED\)[^\n]*\n$/);
  });
});
