/**
 * What an authorization request may be answered with, and how the answer travels: in the query, in the fragment, or
 * as a form that the browser posts.
 * @see OAuth 2.0 Multiple Response Type Encoding Practices, OAuth 2.0 Form Post Response Mode
 */
import type { RunningApp } from '../app-runtime.js';
import { OAuthError } from '../errors.js';
import { type Parameters, required } from './parameters.js';

/** Which parts the answer holds. */
export interface ResponseType {
  readonly code: boolean;
  readonly token: boolean;
  readonly idToken: boolean;
}

export const RESPONSE_MODES = ['query', 'fragment', 'form_post'] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

const CODE_TYPES = ['code'];
const IMPLICIT_TYPES = ['id_token', 'id_token token', 'token'];
const HYBRID_TYPES = ['code id_token', 'code id_token token', 'code token'];

/** Response types that the app's Auth Methods open, words in alphabetical order. */
export function responseTypesOf({ authMethods }: RunningApp): string[] {
  const [code, implicit] = [authMethods.has('authCode'), authMethods.has('implicit')];
  return [
    ...(code ? CODE_TYPES : []),
    ...(implicit ? IMPLICIT_TYPES : []),
    ...(code && implicit ? HYBRID_TYPES : []),
  ];
}

/** What is asked for. Throws what does not fit the app; the order of the words says nothing. */
export function requestedResponseType(app: RunningApp, parameters: Parameters): ResponseType {
  const words = required(parameters, 'response_type').split(' ').sort();
  const type = words.join(' ');
  if (!responseTypesOf(app).includes(type)) {
    if (type === 'code')
      throw new OAuthError('unauthorized_client', 'the app does not allow the Auth Method authCode');
    const isKnown = [...IMPLICIT_TYPES, ...HYBRID_TYPES].includes(type);
    throw new OAuthError(
      'unsupported_response_type',
      isKnown
        ? 'this response_type needs the Auth Method implicit, and authCode for a code'
        : 'invalid response_type',
    );
  }
  const has = (word: string) => words.includes(word);
  return { code: has('code'), token: has('token'), idToken: has('id_token') };
}

/** The mode the answer travels in, errors too: the one asked for where it may be, else that of the type. */
export function responseModeOf(parameters: Parameters): ResponseMode {
  const asked = RESPONSE_MODES.find((mode) => mode === parameters.get('response_mode'));
  const fallback = holdsTokens(parameters) ? 'fragment' : 'query';
  return asked === undefined || (asked === 'query' && fallback === 'fragment') ? fallback : asked;
}

/** Throws `invalid_request` for an unknown mode, and for tokens in a query. @see Multiple Response Types section 5 */
export function requireResponseMode(parameters: Parameters): void {
  const asked = parameters.get('response_mode');
  if (asked !== undefined && asked !== responseModeOf(parameters))
    throw new OAuthError('invalid_request', 'this response_mode is not served for this response_type');
}

function holdsTokens(parameters: Parameters): boolean {
  const words = (parameters.get('response_type') ?? '').split(' ');
  return words.includes('token') || words.includes('id_token');
}
