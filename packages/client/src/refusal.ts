/** Why a server refused, read from whichever of the protocol's four shapes its answer has. */
import {
  type FieldFault,
  OAuthResponseError,
  ProblemError,
  type SallyportError,
  UnexpectedResponseError,
  VendorError,
} from './errors.js';
import type { Answer } from './http.js';
import { isObject, type JsonObject, parseJson, textOf } from './json.js';

/**
 * The error that an answer stands for: the vendor's envelope, problem details, OAuth's error object, or a Bearer
 * challenge; else that it is not understood. Texts lose whatever secret of the request they repeat.
 *
 * @see RFC 6749 section 5.2, RFC 6750 section 3, RFC 9457 section 3
 */
export function readRefusal(answer: Answer): SallyportError {
  const json = parseJson(answer.body);
  const body = isObject(json) ? json : {};
  return (
    readEnvelope(answer, body) ??
    readProblem(answer, body) ??
    readOAuthError(answer, body) ??
    unexpected(answer)
  );
}

function readEnvelope(answer: Answer, body: JsonObject): VendorError | null {
  if (body.success !== false) return null;
  const message = textOf(body.Message) ?? textOf(body.Exception) ?? 'the server refused without a reason';
  return new VendorError(answer.redact(message), answer.status, textOf(body.MessageID), textOf(body.ErrorID));
}

function readProblem(answer: Answer, body: JsonObject): ProblemError | null {
  if (!/^application\/problem\+json\b/i.test(answer.headers.get('content-type') ?? '')) return null;
  const title = answer.redact(textOf(body.title) ?? `status ${answer.status}`);
  const detail = textOf(body.detail);
  const type = textOf(body.type) ?? 'about:blank';
  const shown = detail === null ? null : answer.redact(detail);
  return new ProblemError(answer.status, title, shown, type, readFaults(answer, body.errors));
}

function readFaults({ redact }: Answer, errors: unknown): FieldFault[] {
  if (!Array.isArray(errors)) return [];
  return errors.filter(isObject).map((error) => ({
    field: redact(textOf(error.field) ?? ''),
    message: redact(textOf(error.message) ?? 'is refused'),
  }));
}

function readOAuthError(answer: Answer, body: JsonObject): OAuthResponseError | null {
  const fields = textOf(body.error) === null ? bearerChallenge(answer.headers) : body;
  const error = textOf(fields.error);
  if (answer.status < 400 || error === null) return null;
  const description = textOf(fields.error_description);
  const shown = description === null ? null : answer.redact(description);
  return new OAuthResponseError(answer.redact(error), shown, answer.status);
}

function bearerChallenge(headers: Headers): JsonObject {
  const header = headers.get('www-authenticate') ?? '';
  if (!/^Bearer\b/i.test(header)) return {};
  const pairs = header.matchAll(/\b(error|error_description)="([^"\\]*)"/g);
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, value]));
}

function unexpected({ status }: Answer): UnexpectedResponseError {
  return new UnexpectedResponseError(
    `the server answered ${status} with a body that is not understood`,
    status,
  );
}
