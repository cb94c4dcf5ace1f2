/**
 * Clients whose id is the URL of a document that describes them. The document is fetched when it is needed and kept
 * as long as it says, within bounds; nothing of it is stored.
 * @see OAuth Client ID Metadata Document sections 3 to 6
 */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../../kit/clock.js';
import type { RunningApp } from '../app-runtime.js';
import { OAuthError } from '../errors.js';
import type { RegisteredClient } from '../model.js';
import { responseTypesOf } from '../oauth/response-type.js';
import { OutboundError } from '../outbound.js';
import { acceptedMetadata, jsonOf, type PolicyDeps } from './client-policy.js';

export interface ClientDocuments {
  /** Whether the app reads such documents, and the id is the address of one. */
  governs(app: RunningApp, clientId: string): boolean;
  /** Null when the document cannot be fetched, or is none of a client that the app takes. */
  find(app: RunningApp, clientId: string): Promise<RegisteredClient | null>;
}

/** Bytes of a document that are read. */
const LIMIT = 64 * 1024;
/** Fetches under way at once: an outsider names the addresses. */
const AT_ONCE = 16;
/** Milliseconds a document is kept: at least, when it does not say, at most; and a failure. */
const KEPT = { least: 60_000, usual: 5 * 60_000, most: 24 * 3_600_000, failure: 30_000 };

const Described = z.record(z.string(), z.unknown());
const Names = z.array(z.string()).catch([]);

interface Kept {
  until: number;
  document: Promise<Record<string, unknown> | null>;
}

export function createClientDocuments(deps: PolicyDeps & { clock: Clock }): ClientDocuments {
  const { outbound, clock } = deps;
  const cache = new LRUCache<string, Kept>({ max: 500 });
  const accepted = new WeakMap<
    Record<string, unknown>,
    WeakMap<RunningApp, Promise<RegisteredClient | null>>
  >();
  let underWay = 0;

  async function load(url: string, kept: Kept): Promise<Record<string, unknown> | null> {
    underWay++;
    try {
      const { status, body, maxAge } = await outbound({ url, accept: 'application/json', maxBytes: LIMIT });
      const document = status === 200 ? Described.safeParse(jsonOf(body)) : null;
      const seconds = maxAge === null ? KEPT.usual : maxAge * 1000;
      if (!document?.success || document.data.client_id !== url) return null;
      kept.until = clock.now() + Math.min(Math.max(seconds, KEPT.least), KEPT.most);
      return document.data;
    } catch (error) {
      if (error instanceof OutboundError) return null;
      throw error;
    } finally {
      underWay--;
    }
  }

  function fetched(url: string): Promise<Record<string, unknown> | null> {
    const known = cache.get(url);
    if (known && known.until > clock.now()) return known.document;
    if (underWay >= AT_ONCE)
      throw new OAuthError('temporarily_unavailable', 'too many client documents are being fetched');
    const kept: Kept = { until: clock.now() + KEPT.failure, document: Promise.resolve(null) };
    kept.document = load(url, kept);
    cache.set(url, kept);
    return kept.document;
  }

  /** The document speaks to every server: what this app does not serve of it is left out rather than refused. */
  async function read(
    app: RunningApp,
    url: string,
    { scope: _, ...document }: Record<string, unknown>,
  ): Promise<RegisteredClient | null> {
    const method = document.token_endpoint_auth_method ?? 'none';
    if (!['none', 'private_key_jwt'].includes(String(method)) || 'client_secret' in document) return null;
    const served = (names: unknown, list: readonly string[], fallback: string) => {
      const kept = Names.parse(names).filter((name) => list.includes(name));
      return kept.length > 0 ? kept : [fallback];
    };
    const described = {
      ...document,
      token_endpoint_auth_method: method,
      grant_types: served(document.grant_types, deps.grantTypesOf(app), 'authorization_code'),
      response_types: served(document.response_types, responseTypesOf(app), 'code'),
    };
    try {
      const metadata = await acceptedMetadata(deps, app, described);
      const now = clock.now();
      return {
        ...{ tenantId: app.tenantId, id: url, appId: app.id, name: metadata.client_name ?? '', metadata },
        ...{ secretDigest: null, tokenHash: '', registeredBy: 'document', version: 1 },
        ...{ createdAt: now, updatedAt: now },
      };
    } catch (error) {
      if (error instanceof OAuthError) return null;
      throw error;
    }
  }

  return {
    governs: ({ settings }, clientId) =>
      settings.generalUsage.clientMetadataDocuments && isDocumentAddress(clientId),
    async find(app, clientId) {
      const document = await fetched(clientId);
      if (!document) return null;
      const byApp = accepted.get(document) ?? new WeakMap<RunningApp, Promise<RegisteredClient | null>>();
      accepted.set(document, byApp);
      const known = byApp.get(app) ?? read(app, clientId, document);
      byApp.set(app, known);
      return known;
    },
  };
}

/** An https URL with a path, in the one spelling that it has. @see OAuth Client ID Metadata Document section 3 */
function isDocumentAddress(clientId: string): boolean {
  if (!clientId.startsWith('https://') || !URL.canParse(clientId)) return false;
  const { href, pathname, hash, username, password } = new URL(clientId);
  return href === clientId && pathname !== '/' && hash === '' && username === '' && password === '';
}
