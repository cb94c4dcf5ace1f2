/** The line in the log of what was refused: the reference of a page, or of a problem, leads to it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Failure, failureOf } from './errors.js';
import { type ErrorPage, sendErrorPage } from './pages/error-page.js';

/** What an error is worth on the wire, once the log has its line and the answer says when to come again. */
export function notedFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): Failure {
  const failure = failureOf(error);
  const { status, message, retryAfter } = failure;
  if (status >= 500) request.log.error({ err: error }, 'request failed');
  else noteRefusal(request, status, message);
  if (retryAfter !== null) reply.header('retry-after', retryAfter);
  return failure;
}

/**
 * Of a source that comes too often each request is refused for the same reason: a limit that filled the log with it
 * would cost what it saves.
 */
export function noteRefusal(request: FastifyRequest, status: number, reason: string): void {
  const path = request.raw.url?.split('?', 1)[0];
  const line = { method: request.method, path, status, reason };
  if (status === 429) request.log.debug(line, 'request refused');
  else request.log.info(line, 'request refused');
}

/** An error page for what a route itself refuses. */
export function sendRefusal(request: FastifyRequest, reply: FastifyReply, page: ErrorPage): FastifyReply {
  noteRefusal(request, page.status, page.message);
  return sendErrorPage(request, reply, page);
}
