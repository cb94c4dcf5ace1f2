/** Calls that were denied, for the audit log: by the gate, and by an operation for want of a right. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Audit, AuditFacts } from '../core/audit.js';
import { AdminError } from '../core/errors.js';
import type { Principal } from '../core/principal.js';
import './context.js';

/**
 * Writes down why the call was denied: a denial that cannot be written is not told. @throws StoreUnavailable while the
 * store takes no more, so that the caller is asked to come again
 */
export async function noteDenial(audit: Audit, request: FastifyRequest, facts: AuditFacts): Promise<void> {
  const detail = `${request.method} ${request.raw.url?.split('?', 1)[0]}: ${facts.detail}`;
  request.log.info({ detail }, 'call denied');
  await audit.append(request.context, 'call.denied', { ...facts, detail });
}

/** Whose call it is, in the words of the audit log. */
export function callerOf(principal: Principal): Omit<AuditFacts, 'detail'> {
  const { id: userId, loginName: userName } = principal.subject.user;
  const caller = { userId, userName };
  return principal.kind === 'token'
    ? { ...caller, appId: principal.app.id, clientId: principal.clientId }
    : caller;
}

type ErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** `render`, once what lacked a right is written down. */
export function notingDenials(audit: Audit, render: ErrorHandler) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { principal } = request;
    if (!principal || !(error instanceof AdminError) || error.code !== 'forbidden')
      return render(error, request, reply);
    const noted = noteDenial(audit, request, { ...callerOf(principal), detail: error.message });
    return noted.then(
      () => render(error, request, reply),
      (unwritten: unknown) => render(unwritten, request, reply),
    );
  };
}
