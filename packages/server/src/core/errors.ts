/**
 * Every refusal that core can give, in two voices: `message` is for the caller, `detail` for the operator's log.
 * No refusal carries a secret.
 */
import type { OAuthErrorCode, Right } from '@sallyport/contract';

/** Status of the OAuth codes that are not 400. @see RFC 6749 section 5.2, RFC 6750 section 3.1 */
const OAUTH_STATUS: Partial<Record<OAuthErrorCode, number>> = {
  invalid_client: 401,
  invalid_token: 401,
  insufficient_scope: 403,
  server_error: 500,
  temporarily_unavailable: 503,
};

/** A refusal of an OAuth endpoint: `{error, error_description}`. */
export class OAuthError extends Error {
  readonly status: number;

  constructor(
    readonly error: OAuthErrorCode,
    /** For the caller: ASCII, without quote or backslash. */
    description: string,
    /** For the operator's log alone. */
    readonly detail: string = description,
    status?: number,
  ) {
    super(description.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?'));
    this.status = status ?? OAUTH_STATUS[error] ?? 400;
  }
}

/** A fault of one field of an administrative document. */
export interface FieldFault {
  field: string;
  message: string;
}

export type AdminErrorCode = 'invalid' | 'not_found' | 'conflict' | 'version_mismatch' | 'forbidden';

/** A refusal of an administrative operation. */
export class AdminError extends Error {
  constructor(
    readonly code: AdminErrorCode,
    message: string,
    readonly faults: FieldFault[] = [],
  ) {
    super(message);
  }

  static invalid(field: string, message: string): AdminError {
    return new AdminError('invalid', `${field}: ${message}`, [{ field, message }]);
  }

  static notFound(what: string): AdminError {
    return new AdminError('not_found', `${what} does not exist`);
  }

  static lacksRight(right: Right): AdminError {
    return new AdminError('forbidden', `you need the right "${right}"`);
  }
}

/** The server cannot take the request now: 503 with `Retry-After`. */
export class Unavailable extends Error {
  constructor(
    message: string,
    readonly retryAfterSeconds: number = 1,
  ) {
    super(message);
  }
}
