import type { AuditType } from '@sallyport/contract';
import type { Clock } from '../kit/clock.js';
import type { Metrics } from '../kit/metrics.js';
import { newId } from '../kit/random.js';
import type { AuditEvent } from './model.js';
import type { Store } from './ports.js';
import type { RequestContext } from './request-context.js';

/** Who and what an event is about, and why it came to this. `detail` is for the operator and never holds a secret. */
export interface AuditFacts {
  userId?: string | null;
  userName?: string | null;
  appId?: string | null;
  clientId?: string | null;
  detail: string;
}

/** The audit log: every sign-in, token and denial. */
export interface Audit {
  /** An event to append to a transaction that is being written anyway; its trace is told by whoever writes it. */
  event(context: RequestContext, type: AuditType, facts: AuditFacts): AuditEvent;
  /** Appends the event by itself; resolves when it is durable. */
  append(context: RequestContext, type: AuditType, facts: AuditFacts): Promise<void>;
}

export function createAudit(deps: { store: Store; clock: Clock; metrics: Metrics }): Audit {
  const { store, clock, metrics } = deps;
  const counted = metrics.counter('sallyport_events_total', 'Sign-ins, tokens and denials, by type.', [
    'type',
  ]);
  const event: Audit['event'] = ({ tenant, source, correlationId }, type, facts) => {
    counted.add([type]);
    return {
      tenantId: tenant.id,
      id: newId(),
      at: clock.now(),
      type,
      userId: facts.userId ?? null,
      userName: facts.userName?.slice(0, 254) ?? null,
      appId: facts.appId ?? null,
      clientId: facts.clientId?.slice(0, 254) ?? null,
      source,
      correlationId,
      detail: facts.detail.slice(0, 1000),
    };
  };
  return {
    event,
    append: (context, type, facts) => {
      const made = event(context, type, facts);
      context.trace?.decided(made);
      return store.write((tx) => tx.events.append(made));
    },
  };
}
