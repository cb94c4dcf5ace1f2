import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/longest-first.mjs';

function source(path: string): string {
  return fileURLToPath(new URL(`packages/${path}`, import.meta.url));
}

/** Packages are tested from their sources, not from what was last built. */
const alias = [
  { find: /^@sallyport\/contract$/, replacement: source('contract/src/index.ts') },
  { find: /^@sallyport\/contract\/oauth$/, replacement: source('contract/src/oauth.ts') },
  { find: /^@sallyport\/client\/node$/, replacement: source('client/src/node/index.ts') },
  { find: /^@sallyport\/client$/, replacement: source('client/src/index.ts') },
];

const END_TO_END = 'packages/*/test/e2e/**/*.test.ts';
/** Puts a module of its own in the place of Node's, and so needs modules that nobody has loaded before. */
const MOCKING = 'packages/server/test/outbound/guarded-fetcher.test.ts';

const shared = {
  environment: 'node',
  pool: 'forks',
  // No module of the server keeps state, so one copy serves every file of a worker; loading it anew costs minutes.
  isolate: false,
  testTimeout: 20_000,
  hookTimeout: 60_000,
  // Milliseconds: what must come about at some time is waited for, not measured. One second is the default.
  expect: { poll: { timeout: 10_000 } },
  // A busy CI machine may starve a browser; a rule that is broken fails twice.
  retry: process.env.CI ? 1 : 0,
  setupFiles: [source('server/test/support/each-file.ts')],
  globalSetup: [source('server/test/support/global-setup.ts')],
} as const;

export default defineConfig({
  resolve: { alias },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    // Tests wait for timers and disks as much as for a core.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts'],
          exclude: [END_TO_END, MOCKING],
        },
      },
      { extends: true, test: { ...shared, name: 'mocking', isolate: true, include: [MOCKING] } },
      { extends: true, test: { ...shared, name: 'e2e', include: [END_TO_END], testTimeout: 60_000 } },
    ],
  },
});
