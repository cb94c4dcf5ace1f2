/** The commands of the guides, run as they are printed; `…` stands for whatever is in between. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, REPORTS, type RunningServer, SIGN_IN, startServer } from './support/running-server.js';

const GUIDE = fileURLToPath(new URL('../../../../docs/guides/call-the-api.md', import.meta.url));
const EXECUTABLE = fileURLToPath(new URL('../../bin/sallyport.js', import.meta.url));

const guide = await readFile(GUIDE, 'utf8');

/** Each command of the guide's console blocks, with the lines it is said to print. */
const commands = [...guide.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = '', ...printed] = text.trimEnd().split('\n');
      return { command, printed: printed.join('\n') };
    }),
);

const hasTools = ['/bin/bash', '/usr/bin/curl'].every((path) => existsSync(path));

if (!hasTools) process.stdout.write('SKIPPED the guide: no bash or no curl on this machine\n');

describe.skipIf(!hasTools)('the guide "From a sign-in to a call"', { timeout: 90_000 }, () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer();
    const [, file = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
    await server.write('call-the-api.yaml', here(file));
  });
  afterAll(() => server.close());

  const here = (text: string) => text.replaceAll('http://localhost:8420', server.url);

  /** What a shell prints, errors among it. */
  function shell(command: string): Promise<string> {
    const env = {
      PATH: process.env.PATH,
      ...server.env,
      ADA_PASSWORD: ADA.password,
      CLIENT_SECRET: REPORTS.secret,
      USERNAME: ADA.user,
      PASSWORD: ADA.password,
      BROWSER: `${process.execPath} ${SIGN_IN}`,
    };
    const script = `sallyport() { '${process.execPath}' '${EXECUTABLE}' "$@"; }\n${command} 2>&1`;
    return new Promise((resolve) => {
      execFile('/bin/bash', ['-c', script], { env, cwd: server.folder }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
  }

  it.each(commands)('$command', async ({ command, printed }) => {
    const expected = here(printed)
      .split('…')
      .map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[\\s\\S]*');
    expect(await shell(here(command))).toMatch(new RegExp(`^${expected}\\s*$`));
  });
});
