/** What any thrown thing is worth on the wire, before a group of routes gives it its own body shape. */
import { OAuthError, Unavailable } from '../core/errors.js';
import { StoreUnavailable } from '../core/ports.js';
import { UnjudgeablePath } from '../core/scope-patterns.js';
import { HashingOverload } from '../kit/passwords.js';

/** A refusal by the edge itself. */
export class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Seconds, for `Retry-After`. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

export interface Failure {
  status: number;
  /** For the caller. */
  message: string;
  /** Seconds, for `Retry-After`; null when the request must not simply be repeated. */
  retryAfter: number | null;
}

/** Status and caller's message of an error. What nobody foresaw is a 500 whose text stays in the log. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Unavailable)
    return { status: 503, message: error.message, retryAfter: error.retryAfterSeconds };
  if (error instanceof StoreUnavailable || error instanceof HashingOverload)
    return { status: 503, message: 'the server is busy; try again shortly', retryAfter: 1 };
  if (error instanceof HttpRefusal)
    return { status: error.status, message: error.message, retryAfter: error.retryAfter };
  if (error instanceof OAuthError) return { status: error.status, message: error.message, retryAfter: null };
  if (error instanceof UnjudgeablePath)
    return { status: 400, message: `bad path: ${error.message}`, retryAfter: null };
  const status = clientFault(error);
  if (status !== null) return { status, message: (error as Error).message, retryAfter: null };
  return { status: 500, message: 'the server failed; its log has the reason', retryAfter: null };
}

/** Fastify's own refusals (body too large, bad JSON, unsupported media type …) carry a 4xx status. */
function clientFault(error: unknown): number | null {
  if (!(error instanceof Error) || !('statusCode' in error)) return null;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : null;
}
