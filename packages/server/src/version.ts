import { readFileSync } from 'node:fs';
import { PACKAGE_FOLDER } from './package-folder.js';

const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', PACKAGE_FOLDER), 'utf8'));

/** The version of this build, from its package manifest. */
export const VERSION =
  manifest && typeof manifest === 'object' && 'version' in manifest ? String(manifest.version) : 'unknown';
