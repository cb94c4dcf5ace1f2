/**
 * Requests to addresses that others wrote down: only https, only to public networks, no redirect, bounded in time
 * and size. The address that was checked is the one that is connected to, so a name that changes its mind between
 * the check and the connection (DNS rebinding) gains nothing.
 * @see RFC 9700 section 4.12, RFC 9728 section 7.7, OAuth Client ID Metadata Document
 */
import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Agent } from 'undici';
import { type Outbound, OutboundError, type OutboundRequest } from '../core/outbound.js';

/** Milliseconds for a connection, and for the whole exchange. */
const CONNECT_WITHIN = 3_000;
const ANSWER_WITHIN = 5_000;

export interface GuardOptions {
  /** Hosts, each with or without a port, that may stand at a private address and speak plain http. */
  allowPrivate: readonly string[];
}

export interface GuardedFetcher {
  fetch: Outbound;
  close(): Promise<void>;
}

export function createGuardedFetcher({ allowPrivate }: GuardOptions): GuardedFetcher {
  const allowed = new Set(allowPrivate.map((host) => host.toLowerCase()));
  const isAllowed = ({ hostname, host }: URL) => allowed.has(hostname) || allowed.has(host);
  let agents: Promise<Agents> | undefined;

  return {
    async fetch(asked) {
      const url = parsed(asked.url);
      const isTrusted = isAllowed(url);
      if (!isTrusted) requirePublic(url);
      try {
        agents ??= createAgents();
        const { open, guarded } = await agents;
        return await exchange(url, asked, isTrusted ? open : guarded);
      } catch (error) {
        if (error instanceof OutboundError) throw error;
        throw new OutboundError(`${url.origin}: ${reasonOf(error)}`);
      }
    },
    close: async () => {
      const { open, guarded } = (await agents) ?? {};
      await Promise.all([open?.destroy(), guarded?.destroy()]);
    },
  };
}

interface Agents {
  open: Agent;
  guarded: Agent;
}

/** Loaded with the first request: most servers make none, and it takes some megabytes. */
async function createAgents(): Promise<Agents> {
  const { Agent } = await import('undici');
  const options = { headersTimeout: ANSWER_WITHIN, bodyTimeout: ANSWER_WITHIN, connections: 8 };
  return {
    open: new Agent({ ...options, connect: { timeout: CONNECT_WITHIN } }),
    guarded: new Agent({ ...options, connect: { timeout: CONNECT_WITHIN, lookup: publicLookup } }),
  };
}

function parsed(text: string): URL {
  if (!URL.canParse(text)) throw new OutboundError('not an absolute URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new OutboundError('not an https URL');
  if (url.username !== '' || url.password !== '') throw new OutboundError('user information in a URL');
  url.hash = '';
  return url;
}

function requirePublic({ protocol, hostname, origin }: URL): void {
  if (protocol !== 'https:')
    throw new OutboundError(`${origin}: plain http needs the host in SALLYPORT_ALLOW_PRIVATE_URLS`);
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(literal) && !isPublic(literal)) throw new OutboundError(privateAddress(hostname));
}

async function exchange(url: URL, { form, accept, maxBytes }: OutboundRequest, dispatcher: Agent) {
  const { request } = await import('undici');
  const { statusCode, headers, body } = await request(url, {
    dispatcher,
    method: form ? 'POST' : 'GET',
    headers: {
      accept: accept ?? '*/*',
      'user-agent': 'Sallyport',
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    body: form ? new URLSearchParams(form).toString() : null,
    signal: AbortSignal.timeout(ANSWER_WITHIN),
  });
  // A body that is given up on says so by an event; nobody is left to hear it.
  body.on('error', () => undefined);
  if (statusCode >= 300 && statusCode < 400) {
    body.destroy();
    throw new OutboundError(`${url.origin}: redirects are not followed`);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      throw new OutboundError(`${url.origin}: the answer is longer than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  const maxAge = maxAgeOf(String(headers['cache-control'] ?? ''));
  return { status: statusCode, body: Buffer.concat(chunks).toString('utf8'), maxAge };
}

/** Seconds; 0 for an answer that may not be kept. @see RFC 9111 section 5.2.2 */
function maxAgeOf(cacheControl: string): number | null {
  if (/\bno-(store|cache)\b/i.test(cacheControl)) return 0;
  const [, seconds] = /\bmax-age=(\d{1,9})\b/i.exec(cacheControl) ?? [];
  return seconds === undefined ? null : Number(seconds);
}

/** Resolves a name, and answers only if every address it has is a public one. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 4);
    const [first] = addresses;
    if (!first || !addresses.every(({ address }) => isPublic(address)))
      return callback(new OutboundError(privateAddress(hostname)), '', 4);
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

/** Whether the address is one of the internet at large; an IPv4 address inside an IPv6 one is judged as IPv4. */
function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast';
}

function privateAddress(host: string): string {
  return `${host} is at a private address; SALLYPORT_ALLOW_PRIVATE_URLS may allow it`;
}

/** The innermost reason, in words of the network. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
