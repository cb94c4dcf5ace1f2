import { OAuthError } from '../errors.js';

/** The parameters of one request: each at most once, none empty. */
export type Parameters = ReadonlyMap<string, string>;

/** A query or form body as the edge parsed it: repeated parameters are lists. */
export type RawParameters = Readonly<Record<string, unknown>>;

/** Longest value read; a token may be longer than anything else. */
const LONGEST = 8192;

/** May come several times; its values, which hold no space, are read as one with spaces between them. @see RFC 8707 section 2 */
const REPEATABLE = ['resource', 'audience'];

/** All but the tab: no parameter of OAuth may hold one. */
const CONTROL_CHARACTER = /[^\P{Cc}\t]/u;

/**
 * Reads a query or form body. A parameter without a value counts as omitted; a repeated one, an overlong one or one
 * with control characters is `invalid_request`. `lists` names parameters that may come several times.
 * @see RFC 6749 sections 3.1, 3.2 and appendix A
 */
export function readParameters(raw: RawParameters, lists: readonly string[] = []): Parameters {
  const parameters = new Map<string, string>();
  for (const [name, sent] of Object.entries(raw)) {
    const value = REPEATABLE.includes(name) ? joined(name, sent) : sent;
    if (value === '' || lists.includes(name)) continue;
    if (typeof value !== 'string') throw refused(name, 'came more than once');
    if (CONTROL_CHARACTER.test(value)) throw refused(name, 'holds control characters');
    if (value.length > LONGEST && name !== 'token') throw refused(name, 'is too long');
    parameters.set(name, value);
  }
  return parameters;
}

function joined(name: string, sent: unknown): unknown {
  if (!Array.isArray(sent)) return sent;
  if (sent.some((value) => typeof value !== 'string' || value.includes(' ')))
    throw refused(name, 'holds a space');
  return sent.filter((value) => value !== '').join(' ');
}

function refused(name: string, fault: string): OAuthError {
  const shown = name.slice(0, 64).replace(/[^\w.-]/g, '?');
  return new OAuthError('invalid_request', `the parameter ${shown} ${fault}`);
}

/** The value of a parameter that must be there. */
export function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw new OAuthError('invalid_request', `the parameter ${name} is missing`);
  return value;
}
