/** Refusals of `/api/v1` as RFC 9457 problems. */
import { STATUS_CODES } from 'node:http';
import type { Problem } from '@sallyport/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminError, type AdminErrorCode, type FieldFault } from '../../core/errors.js';
import { UniqueViolation } from '../../core/ports.js';
import { GateRefusal } from '../gate.js';
import { notedFailure } from '../refusals.js';

const STATUS: Record<AdminErrorCode, number> = {
  invalid: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  version_mismatch: 412,
};

export function renderProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof AdminError)
    return sendProblem(request, reply, STATUS[error.code], error.message, error.faults);
  if (error instanceof UniqueViolation)
    return sendProblem(request, reply, 409, 'another object holds this name');
  if (error instanceof GateRefusal) {
    reply.header('www-authenticate', error.challenge);
    return sendProblem(request, reply, error.status, error.message);
  }
  const { status, message } = notedFailure(error, request, reply);
  return sendProblem(request, reply, status, message);
}

export function renderUnknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(request, reply, 404, 'there is no such resource');
}

function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  detail: string,
  faults: readonly FieldFault[] = [],
): FastifyReply {
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    correlationId: request.id,
    ...(faults.length > 0 && { errors: [...faults] }),
  };
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem);
}
