/** Whom a refused request speaks of, so that the audit log is found by them. Nothing here was proved. */
import type { AuditFacts } from '../audit.js';
import type { Principal } from '../principal.js';
import { claimedClient } from './client-assertion.js';
import { basicCredentials } from './client-auth.js';
import type { RawParameters } from './parameters.js';

/** What the endpoints' requests have in common. */
export interface RefusedRequest {
  readonly applicationId: string;
  readonly authorization?: string | undefined;
  readonly parameters?: RawParameters;
  readonly body?: RawParameters;
  readonly principal?: Principal | null;
}

/** The signed-in user, or the one named; and the client as it calls itself. */
export function claimedBy(request: RefusedRequest): Omit<AuditFacts, 'detail'> {
  const { principal, parameters = request.body ?? {} } = request;
  const user = principal?.subject.user;
  return {
    userId: user?.id ?? null,
    userName: user?.loginName ?? nameIn(parameters.username),
    clientId: nameIn(parameters.client_id) ?? nameIn(byHeader(request)) ?? nameIn(byAssertion(parameters)),
  };
}

function byHeader({ authorization }: RefusedRequest): string | null {
  if (authorization === undefined || !/^basic /i.test(authorization)) return null;
  try {
    return basicCredentials(authorization).at(-1)?.id ?? null;
  } catch {
    return null;
  }
}

function byAssertion({ client_assertion: assertion }: RawParameters): string | null {
  return typeof assertion === 'string' ? claimedClient(assertion) : null;
}

/** What could be a name at all; anything else would only fill the log. */
function nameIn(value: unknown): string | null {
  return typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,254}$/u.test(value) ? value : null;
}
