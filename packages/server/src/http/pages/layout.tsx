/** The frame of every page that the server renders itself: sign-in, consent, questions, errors. */
import type { FastifyReply } from 'fastify';
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { assetUrl, type PageScript } from './assets.js';
import { useWords, WordsOfPage, wordsFor } from './words.js';

export interface Page {
  status: number;
  title: string;
  body: VNode;
  /** Where the page's forms may lead besides this site: the checked redirect of a parked request. */
  formAction?: string[];
  /** Addresses that the page loads in frames. */
  frames?: readonly string[];
  /** Addresses of pictures that the page shows. */
  images?: readonly string[];
  /** Where the page goes by itself, without any script. */
  refresh?: { seconds: number; url: string };
  /** The one script that the page loads. */
  script?: PageScript;
}

/** Renders and sends a page that nobody may frame, keep or leak by referrer. */
export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .code(page.status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', contentSecurityPolicy(page))
    .header('x-frame-options', 'DENY')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .send(`<!doctype html>${renderToString(inWords(reply, page))}`);
}

function inWords({ request }: FastifyReply, page: Page): VNode {
  return (
    <WordsOfPage.Provider value={wordsFor(request)}>
      <Document {...page} />
    </WordsOfPage.Provider>
  );
}

/** @see CSP Level 3; `form-action` also governs where the answer to a form redirects. */
function contentSecurityPolicy({ formAction = [], frames = [], images = [], script }: Page): string {
  const targets = sourcesOf(formAction);
  return [
    "default-src 'none'",
    "style-src 'self'",
    ["img-src 'self' data:", ...sourcesOf(images)].join(' '),
    ...(script ? ["script-src 'self'", "connect-src 'self'"] : []),
    ...(frames.length > 0 ? [`frame-src ${sourcesOf(frames).join(' ')}`] : []),
    `form-action ${["'self'", ...targets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

function sourcesOf(uris: readonly string[]): string[] {
  return [...new Set(uris.map(formTarget))].filter((target) => target !== null);
}

/** The source expression that covers a redirect: its origin, or its scheme when that has no origin. */
function formTarget(uri: string): string | null {
  if (!URL.canParse(uri)) return null;
  const { origin, protocol } = new URL(uri);
  return origin === 'null' ? protocol : origin;
}

function Document({ title, body, script, refresh }: Page): VNode {
  return (
    <html lang={useWords().language}>
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        {refresh && <meta http-equiv="refresh" content={`${refresh.seconds};url=${refresh.url}`} />}
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={assetUrl('styles')} />
        {script && <script type="module" src={assetUrl(script)} />}
      </head>
      <body>{body}</body>
    </html>
  );
}

/** The one card of a page: whose server it is, what is asked, and room for the answer. */
export function Card({
  tenant,
  heading,
  logo = null,
  children,
}: {
  tenant: string;
  heading: string;
  /** Address of the picture of the app that the page is about. */
  logo?: string | null;
  children: ComponentChildren;
}): VNode {
  return (
    <main class="card">
      <p class="brand">
        <Mark /> {tenant}
      </p>
      {logo !== null && <img class="logo" src={logo} alt="" width="48" height="48" />}
      <h1>{heading}</h1>
      {children}
    </main>
  );
}

/** The product's mark: a gate, as in the portals. */
function Mark(): VNode {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <path d="M4 4h6v4h4V4h4v4h4V4h6v24h-9v-7a3 3 0 0 0-6 0v7H4z" />
    </svg>
  );
}
