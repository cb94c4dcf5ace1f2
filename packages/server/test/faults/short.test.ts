/** The fault scripts in short form: what a server had answered before it broke must hold after. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../../../scripts/faults.mjs', import.meta.url));

const run = promisify(execFile);

/** What the script printed. It exits 1, and this rejects, when something was lost. */
async function rehearse(fault: string): Promise<string> {
  const { stdout } = await run(process.execPath, [SCRIPT, fault, '--short']);
  return stdout;
}

describe('nothing acknowledged is lost, and nothing is spent twice', { timeout: 180_000 }, () => {
  it.each(['kill9', 'corrupted-page', 'paused-node', 'postgres-restart'])('%s', async (fault) => {
    const printed = await rehearse(fault);
    if (/^SKIPPED/m.test(printed)) {
      process.stdout.write(printed);
      return;
    }
    expect(printed).toMatch(new RegExp(`^${fault}: acknowledged [1-9]\\d*, lost 0, double-spent 0$`, 'm'));
  });
});

describe('the audit', { timeout: 180_000 }, () => {
  it('tells losses of every kind, and what works twice, of a server whose database was set back', async () => {
    const failure = await rehearse('set-back').catch((error: { code: number; stdout: string }) => error);
    expect(failure).toMatchObject({ code: 1 });
    const { stdout } = failure as { stdout: string };
    for (const kind of ['tokens', 'revocations', 'sessions', 'changes', 'codes', 'chains'])
      expect(stdout).toMatch(new RegExp(`^  lost: .*\\b${kind} [1-9]`, 'm'));
    expect(stdout).toMatch(/^set-back: acknowledged \d+, lost [1-9]\d*, double-spent [1-9]\d*$/m);
  });
});
