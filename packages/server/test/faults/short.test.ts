/** The fault scripts in short form: what a server had answered before it broke must hold after. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../../../scripts/faults.mjs', import.meta.url));

/** What the script printed. It exits 1, and this rejects, when something was lost. */
async function rehearse(fault: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, fault, '--short']);
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
