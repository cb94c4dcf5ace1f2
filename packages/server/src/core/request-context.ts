import type { Tenant } from './model.js';
import type { Trace } from './traffic/trace.js';

/** What every core operation knows of the request it serves. */
export interface RequestContext {
  tenant: Tenant;
  /** The client's address after trusted proxies; throttling narrows it to an IPv4 address or an IPv6 /64. */
  source: string;
  userAgent: string;
  /** Hash of the cookie by which a browser is remembered, if it has one. */
  deviceHash?: string | undefined;
  /** Stands in the log line, the audit event and on the error page. */
  correlationId: string;
  /** Whether the client has hung up since, as far as is known: nobody is there any more to be answered. */
  isAbandoned?(): boolean;
  /** Notes for whoever looks at the recorded traffic; absent while none is recorded. */
  trace?: Trace;
}
