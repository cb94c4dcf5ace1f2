/** The answer of last resort: for requests no group of routes took, and for refusals before any of them. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { failureOf } from './errors.js';
import { isNativeClient } from './form-token.js';
import { sendErrorPage } from './pages/error-page.js';
import { NO_SUCH_CALL, refusal, sendEnvelope } from './vendor/envelope.js';

/** A page for a browser, a problem for a program. @see RFC 9457 */
export function renderFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message, retryAfter } = failureOf(error);
  if (status >= 500) request.log.error({ err: error }, 'request failed');
  else logRefusal(request, status, message);
  if (retryAfter !== null) reply.header('retry-after', retryAfter);
  return send(request, reply, status, message);
}

/** The vendor's clients read envelopes alone, wherever they call. */
export function renderNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = 'there is nothing at this address';
  logRefusal(request, 404, message);
  if (isNativeClient(request)) return sendEnvelope(reply, refusal(NO_SUCH_CALL, request.id), 404);
  return send(request, reply, 404, message);
}

/**
 * The line that the reference of the page, or of the problem, leads to. Of a source that comes too often each request is
 * refused for the same reason: a limit that filled the log with it would cost what it saves.
 */
function logRefusal(request: FastifyRequest, status: number, message: string): void {
  const path = request.raw.url?.split('?', 1)[0];
  const line = { method: request.method, path, status, reason: message };
  if (status === 429) request.log.debug(line, 'request refused');
  else request.log.info(line, 'request refused');
}

function send(request: FastifyRequest, reply: FastifyReply, status: number, message: string): FastifyReply {
  if (request.headers.accept?.includes('text/html'))
    return sendErrorPage(request, reply, { status, code: String(status), message });
  const problem = { type: 'about:blank', title: message, status, correlationId: request.id };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(problem));
}
