import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Replaced by a fresh nonce in each answer; `packages/server/src/http/portal` knows the same word. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

const server = process.env.SALLYPORT_DEV_SERVER ?? 'http://localhost:8420';
/** What the server answers, in the spellings of its own pages; everything else is the portal's page. */
const passedOn = '^/(?:api|login|logout|[Ss]ecurity|[Oo][Aa]uth2|sysinfo|assets)(?:[/?]|$)';

/**
 * What every page needs, in one file: it compresses better than the many small ones that the pages' common parts
 * would make, and is fetched at once.
 */
const BASE = [
  /node_modules\/(?:react|react-dom|scheduler|i18next|react-i18next|clsx)\//,
  /node_modules\/(?:@tanstack|@floating-ui|@mantine\/hooks|react-remove-scroll)/,
  /@mantine\/core\/esm\/core\//,
  /@mantine\/core\/esm\/components\/(?:ActionIcon|Alert|Anchor|Badge|Burger|Button|CloseButton|Group|Input|Kbd|List)\//,
  /@mantine\/core\/esm\/components\/(?:Menu|Modal|ModalBase|NavLink|Notification|Paper|Popover|Portal|SimpleGrid)\//,
  /@mantine\/core\/esm\/components\/(?:Skeleton|Stack|Text|TextInput|Title|Tooltip|Transition)\//,
  /packages\/portal\/src\/(?:api\.ts|ui\/(?:frame|lines\.ts|links|mark|not|page|relative|states|theme|use-(?:list|now)))/,
  /packages\/portal\/src\/features\/session\//,
];

/** Compresses every asset once, at the build, so that the server only picks a file. */
function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = resolve(root, build.outDir, build.assetsDir);
    },
    closeBundle: () => {
      for (const name of readdirSync(folder).filter((file) => /\.(?:js|css|svg)$/.test(file))) {
        const content = readFileSync(resolve(folder, name));
        writeFileSync(resolve(folder, `${name}.br`), brotliCompressSync(content));
        writeFileSync(resolve(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}

export default defineConfig(({ command }) => ({
  base: command === 'build' ? '/portal/' : '/',
  plugins: [react(), precompress()],
  html: { cspNonce: NONCE_PLACEHOLDER },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Of all pages together: what there is apart from the kit's is small.
    cssCodeSplit: false,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'base', test: (id) => BASE.some((part) => part.test(id)), entriesAware: false }],
        },
      },
    },
  },
  server: { proxy: { [passedOn]: { target: server, changeOrigin: true, headers: { origin: server } } } },
}));
