import { readFileSync } from 'node:fs';

const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** The version of this build, from its package manifest. */
export const VERSION =
  manifest && typeof manifest === 'object' && 'version' in manifest ? String(manifest.version) : 'unknown';
