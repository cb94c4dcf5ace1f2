/**
 * The vendor's RPC surface: one lenient body reader, one envelope, one gate. Each call is a few lines over the same
 * core functions that the rest of the edge uses.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminError } from '../../core/errors.js';
import { UniqueViolation } from '../../core/ports.js';
import type { Routes } from '../context.js';
import { notingDenials } from '../denials.js';
import { GateRefusal, gate } from '../gate.js';
import { notedFailure } from '../refusals.js';
import { appClickRoutes } from './app-click.js';
import { authenticationRoutes } from './authentication.js';
import { readLeniently } from './body.js';
import { CALLS } from './calls.js';
import { NO_SUCH_CALL, refusal, sendEnvelope } from './envelope.js';
import { VENDOR_FAMILIES } from './families.js';
import { platformTokenRoutes } from './platform-token.js';
import { serveCalls } from './rpc.js';
import { securityRoutes } from './security.js';
import { stepUpRoutes } from './step-up.js';

export const vendorRoutes: Routes = (app, deps) => {
  app.setErrorHandler(notingDenials(deps.core.audit, renderRefusal));
  readLeniently(app);
  gate(app, deps);
  authenticationRoutes(app, deps);
  securityRoutes(app, deps);
  stepUpRoutes(app, deps);
  platformTokenRoutes(app, deps);
  appClickRoutes(app, deps);
  serveCalls(app, deps, CALLS);
  for (const family of VENDOR_FAMILIES)
    app.route({
      method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'],
      url: `/${family}/*`,
      handler: async ({ context }, reply) =>
        sendEnvelope(reply, refusal(NO_SUCH_CALL, context.correlationId), 404),
    });
};

/** A refusal by the edge keeps its status; one by the operation itself is an answer like any other. protocol 1.3 */
function renderRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof AdminError) return sendEnvelope(reply, refusal(wordsOf(error), request.id));
  if (error instanceof UniqueViolation)
    return sendEnvelope(reply, refusal('Another object holds this name.', request.id));
  if (error instanceof GateRefusal) {
    reply.header('www-authenticate', error.challenge);
    return sendEnvelope(reply, refusal(error.message, request.id), error.status);
  }
  const { status, message } = notedFailure(error, request, reply);
  return sendEnvelope(reply, refusal(message, request.id), status);
}

/** Clients tell a refusal for want of a right, and a missing object, by these words. protocol 1.3 and 7.3 */
function wordsOf({ code, message }: AdminError): string {
  if (code === 'forbidden') return `You are not authorized to do this: ${message}.`;
  if (code === 'not_found') return `The object was not found: ${message}.`;
  return message;
}
