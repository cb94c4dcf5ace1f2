import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run, start } from '../support/process.js';

const COMMANDS = [
  'serve',
  'apply',
  'export',
  'user add',
  'user passwd',
  'user unlock',
  'app list',
  'app show',
  'app postman',
  'keys list',
  'keys rotate',
  'token code',
  'token device',
  'token client',
  'token password',
  'token refresh',
  'login',
  'call',
  'dev-cert',
  'completion',
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
    ['serve --port abc', /--port: a whole number from 0 to 65535/],
    ['serve --workers many', /--workers: a whole number from 1 to 256/],
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

  it.skipIf(!existsSync('/bin/bash'))(
    'completion completes commands, options and choices in bash',
    async () => {
      const { code, stdout: script } = await run(['completion', 'bash']);
      expect(code).toBe(0);
      const complete = (...words: string[]) => {
        const line = words.map((word) => `'${word}'`).join(' ');
        const ask = `COMP_WORDS=(sallyport ${line}); COMP_CWORD=${words.length}; _sallyport; echo "\${COMPREPLY[@]}"`;
        return execFileSync('/bin/bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' }).trim();
      };
      expect(complete('tok')).toBe('token');
      expect(complete('token', 'cl')).toBe('client');
      expect(complete('token', 'code', '--app')).toBe('--appid');
      expect(complete('token', 'code', '--scope', 'all', '--no')).toBe('--no-browser');
      expect(complete('completion', 'p')).toBe('powershell');
      expect(complete('user', 'nothing')).toBe('');
    },
  );

  it('completion of the other shells knows the same words, and of an unknown shell is wrong usage', async () => {
    for (const shell of ['zsh', 'fish', 'powershell']) {
      const { code, stdout } = await run(['completion', shell]);
      expect(code).toBe(0);
      for (const word of ['sallyport token code', 'no-browser', 'dev-cert', 'powershell'])
        expect(stdout, shell).toContain(word);
    }
    expect((await run(['completion', 'tcsh'])).code).toBe(2);
  });

  it('shows the stack of a failure only with --verbose', async () => {
    const quiet = await run(['apply', '-f', '/nonexistent/file.yaml']);
    expect(quiet).toMatchObject({ code: 1, stderr: 'sallyport: /nonexistent/file.yaml: no such file\n' });
    const verbose = await run(['apply', '-f', '/nonexistent/file.yaml', '--verbose']);
    expect(verbose.code).toBe(1);
    expect(verbose.stderr).toContain('\n    at ');
    expect(verbose.stderr).toContain('ENOENT');
  });

  it('says in one line that nobody takes what it prints, and exits 1', async () => {
    const { child, finished } = start(['--help']);
    child.stdout?.destroy();
    const stderr = 'sallyport: standard output cannot be written: whoever read it has closed it\n';
    expect(await finished).toMatchObject({ code: 1, stderr });
  });

  it('names a server that is not there in one line', async () => {
    const { code, stderr } = await run(['app', 'list', '--endpoint', 'http://127.0.0.1:2', '--token', 't']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sallyport: cannot reach http:\/\/127\.0\.0\.1:2 \(ECONNREFUSED\)[^\n]*\n$/);
  });
});
