/**
 * Everything that can go wrong, as classes with a stable `code`: `switch (error.code)` over `SallyportError` is
 * exhaustive. No message holds a secret of the request it is about.
 */

/** An OAuth endpoint, or the authorization response, refused. @see RFC 6749 sections 4.1.2.1 and 5.2 */
export class OAuthResponseError extends Error {
  override readonly name = 'OAuthResponseError';
  readonly code = 'oauth_response';

  constructor(
    /** The error code on the wire, such as `invalid_grant`. */
    readonly error: string,
    readonly description: string | null,
    /** HTTP status; null when the refusal came by redirect. */
    readonly status: number | null,
  ) {
    super(description === null ? error : `${error}: ${description}`);
  }
}

/** A REST method answered with the vendor's envelope and `success: false`. */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly code = 'vendor';

  constructor(
    message: string,
    readonly status: number,
    /** Stable key of the message, if the server gave one. */
    readonly messageId: string | null,
    /** Names this failure in the server's log. */
    readonly errorId: string | null,
  ) {
    super(message);
  }
}

/** What is wrong with one field of a document that was sent. */
export interface FieldFault {
  /** Such as `tokens.lifetime`. */
  readonly field: string;
  readonly message: string;
}

/** A resource of `/api/v1` refused. @see RFC 9457 section 3 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code = 'problem';

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | null,
    readonly type: string,
    /** The extension member `errors`, for a document with faults. */
    readonly faults: readonly FieldFault[] = [],
  ) {
    super(detail ?? title);
  }
}

/** A sign-in was refused, or cannot go on in this client. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
  readonly code = 'login_failed';

  constructor(
    message: string,
    /** The server's word for the state of the sign-in, such as `Failure`. */
    readonly summary: string | null = null,
  ) {
    super(message);
  }
}

/** The authorization response does not belong to the request that was made. @see RFC 9207 section 2.4 */
export class AuthorizationResponseError extends Error {
  override readonly name = 'AuthorizationResponseError';
  readonly code = 'authorization_response';

  constructor(
    message: string,
    /** The parameter at fault. */
    readonly parameter: string,
  ) {
    super(message);
  }
}

/** The server answered something that no rule of the protocol allows. */
export class UnexpectedResponseError extends Error {
  override readonly name = 'UnexpectedResponseError';
  readonly code = 'unexpected_response';

  constructor(
    message: string,
    /** HTTP status; null when the fault lies in a value that was received earlier. */
    readonly status: number | null = null,
  ) {
    super(message);
  }
}

/** The server could not be reached. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code = 'network';
}

/** Something did not happen in the time it had. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
  readonly code = 'timeout';
}

/** The caller's signal ended it. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';
  readonly code = 'aborted';

  constructor() {
    super('cancelled');
  }
}

/** The caller asked for something that cannot be sent. */
export class InvalidArgumentError extends Error {
  override readonly name = 'InvalidArgumentError';
  readonly code = 'invalid_argument';
}

/** Every error this library throws on purpose. */
export type SallyportError =
  | OAuthResponseError
  | VendorError
  | ProblemError
  | LoginError
  | AuthorizationResponseError
  | UnexpectedResponseError
  | NetworkError
  | TimeoutError
  | AbortedError
  | InvalidArgumentError;

export type SallyportErrorCode = SallyportError['code'];

const CLASSES = [
  OAuthResponseError,
  VendorError,
  ProblemError,
  LoginError,
  AuthorizationResponseError,
  UnexpectedResponseError,
  NetworkError,
  TimeoutError,
  AbortedError,
  InvalidArgumentError,
] as const;

/** Whether this library threw it on purpose: its message is fit for the person at the keyboard. */
export function isSallyportError(error: unknown): error is SallyportError {
  return CLASSES.some((each) => error instanceof each);
}
