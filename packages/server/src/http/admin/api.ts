/** What the resources of `/api/v1` share: their typed instance, who asks, and for which version. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Administrator, administrator } from '../../core/admin/authority.js';
import { AdminError } from '../../core/errors.js';
import type { Principal } from '../../core/principal.js';
import type { EdgeDeps } from '../context.js';
import { HttpRefusal } from '../errors.js';

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** One resource: its routes, relative to `/api/v1`. */
export type Resource = (api: Api, deps: EdgeDeps) => void;

/** The gate has let nobody else through. */
export function principalOf({ principal }: FastifyRequest): Principal {
  if (!principal) throw new HttpRefusal(401, 'sign in, or present an access token');
  return principal;
}

export function administratorOf(request: FastifyRequest): Administrator {
  return administrator(principalOf(request), request.context.source);
}

/** A switch in a query: `?dryRun` alone is as good as `?dryRun=true`. */
export const Switch = z.enum(['', 'true', 'false']).optional().describe('present, or "true"');
export const isOn = (value: z.infer<typeof Switch>): boolean => value !== undefined && value !== 'false';

/** An answer without a body. */
export const NoContent = z.undefined().describe('Done');

/** A list that is short enough not to be paged. */
export function list<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item) });
}

/** Sends `object` with its entity tag. @see RFC 9110 section 8.8.3 */
export function sendVersioned<T extends { version: number }>(reply: FastifyReply, object: T): T {
  reply.header('etag', `"${object.version}"`);
  return object;
}

/**
 * The version that `If-Match` names; undefined when there is none, or `*`. Throws `version_mismatch` for a tag that
 * no object here ever had. A proxy that compresses makes the tag a weak one; the version is in it all the same.
 * @see RFC 9110 section 13.1.1
 */
export function expectedVersion({ headers }: FastifyRequest): number | undefined {
  const tag = headers['if-match'];
  if (tag === undefined || tag.trim() === '*') return undefined;
  const [, version] = /^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(tag) ?? [];
  if (version === undefined)
    throw new AdminError('version_mismatch', 'If-Match is not the entity tag of a version');
  return Number(version);
}

/** The same, where a whole document would overwrite what others wrote. @see RFC 6585 section 3 */
export function requiredVersion(request: FastifyRequest): number | undefined {
  if (request.headers['if-match'] === undefined)
    throw new HttpRefusal(
      428,
      'send If-Match with the ETag that you read, or * to overwrite whatever is there',
    );
  return expectedVersion(request);
}
