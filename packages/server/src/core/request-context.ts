import type { Tenant } from './model.js';

/** What every core operation knows of the request it serves. */
export interface RequestContext {
  tenant: Tenant;
  /** The client's address after trusted proxies; throttling narrows it to an IPv4 address or an IPv6 /64. */
  source: string;
  userAgent: string;
  /** Stands in the log line, the audit event and on the error page. */
  correlationId: string;
}
