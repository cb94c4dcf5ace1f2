/** Answers in gzip for those that take it, where nothing secret stands beside what somebody else may have written. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

/** Bytes below which a header's worth of gzip is not worth its time. */
const SMALLEST = 1024;

const gzipped = promisify(gzip);

/**
 * Compresses what is read from the routes of `app` that are registered after it. What has an entity tag stays as it is:
 * the tag would have to be another for each coding. @see RFC 9110 sections 8.4.1.3 and 8.8.3.3
 */
export function compressReads(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isText = typeof payload === 'string' || Buffer.isBuffer(payload);
    if (request.method !== 'GET' || !isText || payload.length < SMALLEST) return payload;
    if (reply.hasHeader('etag')) return payload;
    reply.header('vary', 'accept-encoding');
    if (!takesGzip(request.headers['accept-encoding'])) return payload;
    reply.header('content-encoding', 'gzip');
    return gzipped(payload);
  });
}

/** @see RFC 9110 section 12.5.3 */
function takesGzip(accepted: string | string[] | undefined): boolean {
  const offers = String(accepted ?? '').split(',');
  return offers.some((offer) => /^\s*(?:x-)?gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i.test(offer));
}
