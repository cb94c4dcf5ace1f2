import { AdminError } from '../errors.js';

/** The version a caller has seen and means to change; absent when any will do. @see RFC 9110 section 13.1.1 */
export type Expected = number | undefined;

/** Throws `version_mismatch` when the object is no longer the one the caller saw, or is gone. */
export function expectVersion(object: { version: number } | null, expected: Expected): void {
  if (expected === undefined || object?.version === expected) return;
  throw new AdminError('version_mismatch', 'somebody else changed it meanwhile; read it again');
}
