/** A real Chromium, found by `scripts/test.mjs` or on the usual path. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CANDIDATES = [process.env.SALLYPORT_TEST_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];

/** Path of the browser, or undefined where there is none: then browser tests are skipped, and say so. */
export const chromiumPath = CANDIDATES.find((path) => path !== undefined && existsSync(path));

/** Quiet flags: no look-ups of its own, and no sandbox where the system user is root. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export async function launchBrowser(): Promise<Browser> {
  if (!chromiumPath) throw new Error('no Chromium: set SALLYPORT_TEST_CHROMIUM');
  const args = process.getuid?.() === 0 ? [...QUIET, '--no-sandbox'] : QUIET;
  return chromium.launch({ executablePath: chromiumPath, headless: true, args });
}
