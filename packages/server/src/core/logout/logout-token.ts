import type { Clock } from '../../kit/clock.js';
import { seconds } from '../../kit/clock.js';
import { newId } from '../../kit/random.js';
import type { Keys } from '../tokens/keys.js';

/** Media type of a logout token, which no other JWT of this server has. */
const TYP = 'logout+jwt';
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Seconds in which the client must receive it. */
const LIFETIME = 120;

/** What the client is told: whose session ended, and which. */
export interface LogoutFacts {
  readonly tenantId: string;
  readonly issuer: string;
  readonly clientId: string;
  /** As the client's ID tokens name the user. */
  readonly subject: string;
  readonly sessionId: string;
}

/** @see OpenID Connect Back-Channel Logout 1.0 section 2.4 */
export function createLogoutToken(
  { keys, clock }: { keys: Keys; clock: Clock },
  { tenantId, issuer, clientId, subject, sessionId }: LogoutFacts,
): Promise<string> {
  const now = seconds(clock.now());
  return keys.sign(
    tenantId,
    { typ: TYP },
    {
      iss: issuer,
      sub: subject,
      aud: clientId,
      iat: now,
      exp: now + LIFETIME,
      jti: newId(),
      sid: sessionId,
      events: { [EVENT]: {} },
    },
  );
}
