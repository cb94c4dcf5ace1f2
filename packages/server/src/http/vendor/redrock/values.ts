/** Values of a query and how SQL compares them. Text is compared without regard to case, as the vendor's is. */

export type Value = string | number | boolean | Date | null;

/** Negative, zero or positive; null when either side is unknown. Text against a date is read as a date. */
export function compare(left: Value, right: Value): number | null {
  if (left === null || right === null) return null;
  if (left instanceof Date || right instanceof Date) return numbers(instantOf(left), instantOf(right));
  if (typeof left === 'string' && typeof right === 'string') {
    const [a, b] = [left.toLowerCase(), right.toLowerCase()];
    return a === b ? 0 : a < b ? -1 : 1;
  }
  if (typeof left !== 'string' && typeof right !== 'string') return numbers(Number(left), Number(right));
  return compare(plainText(left), plainText(right));
}

/** The order of `ORDER BY`: what is unknown comes first. */
export function order(left: Value, right: Value): number {
  if (left === null || right === null) return Number(right === null) - Number(left === null);
  return compare(left, right) ?? 0;
}

export function plainText(value: Exclude<Value, null>): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}

/** Whether a condition holds: of three answers, only a clear yes counts. */
export function isTrue(value: Value): boolean {
  return truth(value) === true;
}

/** Yes, no, or null for unknown. */
export function truth(value: Value): boolean | null {
  if (value === null) return null;
  if (typeof value === 'string')
    return Number.parseFloat(value) !== 0 && !Number.isNaN(Number.parseFloat(value));
  return value instanceof Date || Boolean(value);
}

/**
 * Whether `text` matches `pattern`, in which `%` stands for any run of characters and `_` for one. Runs in the
 * product of both lengths at most.
 */
export function like(text: string, pattern: readonly LikeToken[]): boolean {
  const letters = [...text.toLowerCase()];
  let at = 0;
  let token = 0;
  let lastRun = -1;
  let resumeAt = 0;
  while (at < letters.length) {
    const wanted = pattern[token];
    if (wanted === ANY_RUN) {
      lastRun = token++;
      resumeAt = at;
    } else if (wanted !== undefined && (wanted === ANY_ONE || wanted === letters[at])) {
      at++;
      token++;
    } else if (lastRun >= 0) {
      token = lastRun + 1;
      at = ++resumeAt;
    } else return false;
  }
  while (pattern[token] === ANY_RUN) token++;
  return token === pattern.length;
}

const ANY_RUN = Symbol('%');
const ANY_ONE = Symbol('_');
/** A character in lower case, or a wildcard. */
export type LikeToken = string | typeof ANY_RUN | typeof ANY_ONE;

/** `mark` takes the meaning from the wildcard that follows it. */
export function likePattern(pattern: string, mark: string | null): LikeToken[] {
  const letters = [...pattern.toLowerCase()];
  const tokens: LikeToken[] = [];
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i] ?? '';
    if (mark !== null && letter === mark.toLowerCase()) tokens.push(letters[++i] ?? '');
    else tokens.push(letter === '%' ? ANY_RUN : letter === '_' ? ANY_ONE : letter);
  }
  return tokens;
}

/** The longest run of plain characters: every match contains it. */
export function longestLiteral(pattern: readonly LikeToken[]): string {
  let longest = '';
  let run = '';
  for (const token of pattern) {
    run = typeof token === 'string' ? run + token : '';
    if (run.length > longest.length) longest = run;
  }
  return longest;
}

function numbers(left: number, right: number): number | null {
  return Number.isNaN(left) || Number.isNaN(right) ? null : left - right;
}

function instantOf(value: Exclude<Value, null>): number {
  return value instanceof Date
    ? value.getTime()
    : typeof value === 'string'
      ? Date.parse(value)
      : Number(value);
}
