/** Errors of the OAuth endpoints: one shape for programs, a page for people. Contract rule 9. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuthError } from '../../core/errors.js';
import { DPOP_ALGORITHMS } from '../../core/oauth/dpop.js';
import { failureOf } from '../errors.js';
import { sendErrorPage } from '../pages/error-page.js';
import { notedFailure } from '../refusals.js';

interface Refusal {
  status: number;
  /** An error code of RFC 6749 or its relatives. */
  error: string;
  message: string;
}

/** `{error, error_description}`. @see RFC 6749 section 5.2 */
export function renderForClient(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error, request, reply);
  const body = { error: refusal.error, error_description: refusal.message };
  return reply.code(refusal.status).type('application/json').send(JSON.stringify(body));
}

/** A page for a browser, the same JSON for a program. */
export function renderForPerson(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!request.headers.accept?.includes('text/html')) return renderForClient(error, request, reply);
  const { status, error: code, message } = refusalOf(error, request, reply);
  return sendErrorPage(request, reply, { status, code, message });
}

function refusalOf(error: unknown, request: FastifyRequest, reply: FastifyReply): Refusal {
  reply.header('cache-control', 'no-store');
  if (!(error instanceof OAuthError)) {
    const { status, message } = notedFailure(error, request, reply);
    return { status, error: codeOf(status), message };
  }
  const { status, message } = failureOf(error);
  request.log.info({ error: error.error, detail: error.detail }, 'refused');
  const challenge = challengeOf(error, request);
  if (challenge !== null) reply.header('www-authenticate', challenge);
  return { status, error: error.error, message };
}

/** The code for a failure that is not OAuth's own. */
function codeOf(status: number): string {
  if (status === 403) return 'access_denied';
  if (status === 429 || status === 503) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}

/** How to authenticate instead. @see RFC 6749 section 5.2, RFC 6750 section 3 */
function challengeOf({ error }: OAuthError, { headers }: FastifyRequest): string | null {
  if (/^dpop\b/i.test(headers.authorization ?? ''))
    return `DPoP realm="Sallyport", error="${error}", algs="${DPOP_ALGORITHMS.join(' ')}"`;
  if (error === 'invalid_client') return 'Basic realm="Sallyport", charset="UTF-8"';
  if (error === 'invalid_token') return 'Bearer realm="Sallyport", error="invalid_token"';
  if (error === 'insufficient_scope')
    return 'Bearer realm="Sallyport", error="insufficient_scope", scope="openid"';
  return null;
}
