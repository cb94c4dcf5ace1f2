/** What the vendor's calls share: a row in a table of calls, and who calls with which arguments. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Administrator, administrator } from '../../core/admin/authority.js';
import type { Core } from '../../core/core.js';
import { AdminError } from '../../core/errors.js';
import type { Tenant } from '../../core/model.js';
import type { Principal } from '../../core/principal.js';
import type { RequestContext } from '../../core/request-context.js';
import type { EdgeDeps } from '../context.js';
import { type Arguments, argumentsOf } from './body.js';
import { envelope, sendEnvelope } from './envelope.js';
import { principalOf } from './security.js';

/** One call under way. */
export interface Rpc {
  core: Core;
  context: RequestContext;
  tenant: Tenant;
  principal: Principal;
  by: Administrator;
  /** Query and body merged, by lower-cased name. */
  args: Arguments;
  /** The body as it came, for the calls whose body is a list. */
  body: unknown;
}

/** A call as the reference page shows it. */
export interface DocumentedCall {
  /** As the vendor spells it; it answers in any case, with or without a trailing slash. */
  path: string;
  /** POST alone when absent. */
  methods?: readonly ('GET' | 'POST')[];
  /** For the reference page: what happens, and what comes back. */
  does: string;
}

/** A call with its answer: the `Result` of the envelope. Throws `AdminError`. */
export interface Call extends DocumentedCall {
  answer(rpc: Rpc): Promise<unknown>;
}

export function serveCalls(app: FastifyInstance, { core }: EdgeDeps, calls: readonly Call[]): void {
  for (const { path, methods = ['POST'], answer } of calls)
    app.route({
      method: [...methods],
      url: path,
      handler: async (request, reply) => sendEnvelope(reply, envelope(await answer(rpcOf(request, core)))),
    });
}

function rpcOf(request: FastifyRequest, core: Core): Rpc {
  const { context, body } = request;
  const principal = principalOf(request);
  return {
    core,
    context,
    tenant: context.tenant,
    principal,
    by: administrator(principal, context.source),
    args: argumentsOf(request),
    body,
  };
}

const ATTEMPTS = 10;

/** Reads, decides and writes again when somebody else was faster: the vendor's clients know no versions. */
export async function untilUndisturbed<T>(job: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await job();
    } catch (error) {
      const disturbed = error instanceof AdminError && error.code === 'version_mismatch';
      if (!disturbed || attempt === ATTEMPTS) throw error;
    }
}
