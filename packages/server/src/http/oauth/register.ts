import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EdgeDeps } from '../context.js';
import type { AppParams } from './request.js';
import { sendJson } from './token.js';

interface ClientParams extends AppParams {
  clientId: string;
}

/** @see RFC 6750 section 2.1 */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** Bytes of metadata that are read. */
const BODY_LIMIT = 64 * 1024;

/** Clients that register themselves, and manage what they registered. @see RFC 7591 section 3, RFC 7592 section 2 */
export function registerRoutes(app: FastifyInstance, { core }: EdgeDeps): void {
  const { registrations } = core.oauth;
  const options = { config: { anonymous: true }, bodyLimit: BODY_LIMIT };
  const url = '/oauth2/register/:applicationId';

  app.post<{ Params: AppParams }>(url, options, async (request, reply) => {
    const { context, params, body } = request;
    const asked = { applicationId: params.applicationId, token: tokenOf(request) };
    return sendJson(reply.code(201), await registrations.register(context, asked, body));
  });

  const ofClient = `${url}/:clientId`;
  app.get<{ Params: ClientParams }>(ofClient, options, async (request, reply) =>
    sendJson(reply, await registrations.read(request.context, managed(request))),
  );

  app.put<{ Params: ClientParams }>(ofClient, options, async (request, reply) =>
    sendJson(reply, await registrations.replace(request.context, managed(request), request.body)),
  );

  app.delete<{ Params: ClientParams }>(ofClient, options, async (request, reply) => {
    await registrations.remove(request.context, managed(request));
    return reply.code(204).header('cache-control', 'no-store').send();
  });
}

function managed(request: FastifyRequest<{ Params: ClientParams }>) {
  return { ...request.params, token: tokenOf(request) };
}

function tokenOf({ headers }: FastifyRequest): string | null {
  const [, token = null] = BEARER.exec(headers.authorization ?? '') ?? [];
  return token;
}
