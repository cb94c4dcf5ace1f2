/** What SQLite's errors mean. */

/** @see https://www.sqlite.org/rescode.html */
export const PRIMARY = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
};
const UNIQUE = [2067, 1555, 2579];
const FOREIGN_KEY = 787;

/** The extended result code, or 0 when SQLite did not say this. */
function codeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : 0;
}

/** The result code without its extension. */
export function primaryOf(error: unknown): number {
  return codeOf(error) & 0xff;
}

/** Another connection holds the file. */
export function isBusy(error: unknown): boolean {
  return [PRIMARY.busy, PRIMARY.locked].includes(primaryOf(error));
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE';
}

function isUnavailable(error: unknown): boolean {
  // A damaged page cannot be answered from either; the log says that it is damage.
  const lost = [PRIMARY.ioError, PRIMARY.full, PRIMARY.cantOpen, PRIMARY.corrupt, PRIMARY.readOnly];
  const away = lost.includes(primaryOf(error));
  return away || isBusy(error) || isClosed(error);
}

/** As a driver asks. */
export const FAULTS = {
  isUniqueViolation: (error: unknown) => UNIQUE.includes(codeOf(error)),
  isForeignKeyViolation: (error: unknown) => codeOf(error) === FOREIGN_KEY,
  isUnavailable,
};
