import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PACKAGE_FOLDER } from '../../package-folder.js';

/** Stands in the built page where each answer puts its own nonce; `packages/portal/vite.config.ts` writes it. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

const DIST = new URL('../portal/dist/', PACKAGE_FOLDER);

export interface BuiltPortal {
  /** Folder of the hashed files. */
  assets: string;
  /** The one page, with `nonce` in its place. */
  render(nonce: string): string;
}

/** What `npm run build` left; null before the first build. */
export function readPortal(): BuiltPortal | null {
  const page = fileURLToPath(new URL('index.html', DIST));
  if (!existsSync(page)) return null;
  const html = readFileSync(page, 'utf8');
  return {
    assets: fileURLToPath(new URL('assets/', DIST)),
    render: (nonce) => html.replaceAll(NONCE_PLACEHOLDER, nonce),
  };
}
