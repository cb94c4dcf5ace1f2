/** What the OAuth endpoints read of a request. */
import type { FastifyRequest } from 'fastify';
import { OAuthError } from '../../core/errors.js';
import type { RawParameters } from '../../core/oauth/parameters.js';
import type { ClientRequest } from '../../core/oauth/token.js';
import { provedRequest } from '../proved-request.js';

export interface AppParams {
  applicationId: string;
}
export type AppRequest = FastifyRequest<{ Params: AppParams }>;

const FORM = 'application/x-www-form-urlencoded';

export function isForm({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === FORM;
}

/** The form that was posted. Throws `invalid_request` for a body of any other kind. @see RFC 6749 section 3.2 */
export function formOf(request: FastifyRequest): RawParameters {
  const { body } = request;
  if (body === undefined || body === null || body === '') return {};
  if (!isForm(request) || !isRecord(body))
    throw new OAuthError('invalid_request', `the body must be ${FORM}`);
  return body;
}

export function queryOf({ query }: FastifyRequest): RawParameters {
  return isRecord(query) ? query : {};
}

/** Query and form together; a parameter in both came twice. */
export function queryAndForm(request: FastifyRequest): RawParameters {
  const query = queryOf(request);
  const merged: Record<string, unknown> = { ...query };
  for (const [name, value] of Object.entries(formOf(request)))
    merged[name] = query[name] === undefined ? value : [query[name], value].flat();
  return merged;
}

/** The request of a client that authenticates by Basic or in its form. */
export function clientRequest(request: AppRequest, publicUrl: string): ClientRequest {
  return {
    proved: provedRequest(request, publicUrl),
    applicationId: request.params.applicationId,
    authorization: request.headers.authorization,
    query: queryOf(request),
    body: formOf(request),
  };
}

function isRecord(value: unknown): value is RawParameters {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
