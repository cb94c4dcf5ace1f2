/** What the edge hangs on every request before a route sees it. `server.ts` fills it in. */
import type { Endpoint } from '@sallyport/contract';
import type { FastifyInstance } from 'fastify';
import type { Core } from '../core/core.js';
import type { Principal } from '../core/principal.js';
import type { RequestContext } from '../core/request-context.js';
import type { PlainPosts } from './oauth/plain-posts.js';
import type { ReadyDocuments } from './ready-documents.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Tenant, source and correlation id of the request. */
    context: RequestContext;
    /** The languages that a client asked for in the name of this user; null where none did. */
    uiLocales: string | null;
    /** Set by the gate; null on routes that stand outside it. */
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    /** Stands outside the gate: anonymous by design (rule 7), or with checks of its own. */
    anonymous?: boolean;
    /** Answers whatever the Host header says: health checks come by address. */
    anyHost?: boolean;
  }
}

/** The session cookie's name, as the vendor's clients look for it. */
export const SESSION_COOKIE = '.ASPXAUTH';

/** The cookie by which a browser is remembered. */
export const DEVICE_COOKIE = 'sallyport-device';

/** What every group of routes is given. */
export interface EdgeDeps {
  core: Core;
  /** Whether the public URL is https, and cookies therefore Secure. */
  secure: boolean;
  /** Every endpoint behind the gate, which adds them as they are registered: what scope patterns may open. */
  endpoints: Endpoint[];
  documents: ReadyDocuments;
  posts: PlainPosts;
}

/** A group of routes, registered by `server.ts` under its own error renderer. */
export type Routes = (app: FastifyInstance, deps: EdgeDeps) => void | Promise<void>;
