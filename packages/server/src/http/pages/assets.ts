/** The few files that server-rendered pages load: named by their content, and served as they are. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { PACKAGE_FOLDER } from '../../package-folder.js';
import { compressReads } from '../compressed.js';

interface Asset {
  url: string;
  type: string;
  content: Buffer;
}

const FOLDER = new URL('assets/', PACKAGE_FOLDER);

/** The browser half of WebAuthn, as its authors bundle it. */
const PASSKEYS = '../dist/bundle/index.umd.min.js';
const passkeys = new URL(
  PASSKEYS,
  pathToFileURL(createRequire(PACKAGE_FOLDER).resolve('@simplewebauthn/browser')),
);

const SCRIPT = 'text/javascript; charset=utf-8';
const assets = {
  styles: load('pages.css', new URL('pages.css', FOLDER), 'text/css; charset=utf-8'),
  loginScript: load('login.js', new URL('login.js', FOLDER), SCRIPT),
  submitScript: load('submit.js', new URL('submit.js', FOLDER), SCRIPT),
  leaveScript: load('leave.js', new URL('leave.js', FOLDER), SCRIPT),
  passkeys: load('passkeys.js', passkeys, SCRIPT),
};

/** Scripts that a page may load. */
export type PageScript = 'loginScript' | 'submitScript' | 'leaveScript';

/** URL of a file; it changes with the content, so that browsers may keep it for ever. */
export function assetUrl(name: keyof typeof assets): string {
  return assets[name].url;
}

export function assetRoutes(app: FastifyInstance): void {
  app.register(async (group) => {
    compressReads(group);
    for (const { url, type, content } of Object.values(assets))
      group.get(url, { config: { anonymous: true } }, async (_request, reply) =>
        reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content),
      );
  });
}

function load(file: string, source: URL, type: string): Asset {
  const content = readFileSync(source);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { url: `/assets/${file.replace('.', `-${digest}.`)}`, type, content };
}
