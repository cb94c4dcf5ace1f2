import { AdminError } from '../../../core/errors.js';

/** A query that is not answered, with the reason. */
export function refused(why: string): AdminError {
  return new AdminError('invalid', `the query is refused: ${why}`);
}
