/** The end of a session in the browser: clients that asked for it hear of it in frames, then the user goes on. */
import type { FastifyReply } from 'fastify';
import { objectMoved } from '../oauth/object-moved.js';
import { Card, sendPage } from './layout.js';
import { wordsFor } from './words.js';

/** Seconds after which the page goes on where no script runs. */
const GO_ON_AFTER = 3;

export interface SignedOut {
  tenant: string;
  /** Addresses of clients to load. @see OpenID Connect Front-Channel Logout 1.0 section 3 */
  frames: readonly string[];
  /** Where the user goes on; null to say on the page that it is done. */
  location: string | null;
}

export function sendSignedOut(reply: FastifyReply, { tenant, frames, location }: SignedOut): FastifyReply {
  if (frames.length === 0 && location !== null) return objectMoved(reply, location);
  const { say } = wordsFor(reply.request);
  const body = (
    <Card tenant={tenant} heading={say('You are signed out')}>
      {location === null ? (
        <>
          <p id="signed-out">{say('Your session has ended. You may close this window.')}</p>
          <p>
            <a href="/login">{say('Sign in again')}</a>
          </p>
        </>
      ) : (
        <>
          <p id="signed-out">{say('Your session has ended. The applications you used are being told.')}</p>
          <div class="actions">
            <a id="go-on" class="button primary" href={location}>
              {say('Continue')}
            </a>
          </div>
        </>
      )}
      {frames.map((address) => (
        <iframe key={address} src={address} title={say('Signing out of an application')} hidden />
      ))}
    </Card>
  );
  const goingOn = location === null ? {} : { refresh: { seconds: GO_ON_AFTER, url: location } };
  return sendPage(reply, {
    ...{ status: 200, title: say('Signed out'), body, frames, ...goingOn },
    ...(location === null ? {} : { script: 'leaveScript' as const }),
  });
}
