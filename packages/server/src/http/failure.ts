/** The answer of last resort: for requests no group of routes took, and for refusals before any of them. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpRefusal } from './errors.js';
import { isNativeClient } from './form-token.js';
import { sendErrorPage } from './pages/error-page.js';
import { notedFailure, noteRefusal } from './refusals.js';
import { NO_SUCH_CALL, refusal, sendEnvelope } from './vendor/envelope.js';

/** A page for a browser, a problem for a program. @see RFC 9457 */
export function renderFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message } = notedFailure(error, request, reply);
  return send(request, reply, status, message);
}

/** For an address that the router cannot read. Its own words quote the address, whose query may hold a secret. */
export function renderBadAddress(
  { statusCode }: { statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const reason =
    statusCode === 414 ? 'a part of the address is too long' : 'the address holds a bad percent-encoding';
  return renderFailure(new HttpRefusal(statusCode === 414 ? 414 : 400, reason), request, reply);
}

/** The vendor's clients read envelopes alone, wherever they call. */
export function renderNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = 'there is nothing at this address';
  noteRefusal(request, 404, message);
  if (isNativeClient(request)) return sendEnvelope(reply, refusal(NO_SUCH_CALL, request.id), 404);
  return send(request, reply, 404, message);
}

function send(request: FastifyRequest, reply: FastifyReply, status: number, message: string): FastifyReply {
  if (request.headers.accept?.includes('text/html'))
    return sendErrorPage(request, reply, { status, code: String(status), message });
  const problem = { type: 'about:blank', title: message, status, correlationId: request.id };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(problem));
}
