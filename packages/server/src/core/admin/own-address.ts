/** One's own mail address: changed once a code that was mailed to the new one came back, and known to be verified then. */
import type { AddressEnrolment, AddressOffer, AddressTicket } from '@sallyport/contract';
import { z } from 'zod';
import type { Clock } from '../../kit/clock.js';
import type { Vault } from '../../kit/vault.js';
import { AdminError } from '../errors.js';
import type { Credentials } from '../login/credentials.js';
import { createOneTimeCodes } from '../login/one-time-code.js';
import { addressProofLetter } from '../mail/letters.js';
import type { Post } from '../mail/post.js';
import type { Principal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import { administer, administrator } from './authority.js';
import type { ChangeLog } from './change-log.js';
import { requirePassword, signedIn } from './own-factors.js';
import { createTickets } from './tickets.js';
import { getUser } from './users.js';

const Offered = z.object({ email: z.string(), kept: z.string() });

/** Every function throws `AdminError`. */
export interface OwnAddress {
  /** Mails the code; nothing is kept before it comes back, and then once. */
  offer(context: RequestContext, principal: Principal, offer: AddressOffer): Promise<AddressTicket>;
  change(context: RequestContext, principal: Principal, enrolment: AddressEnrolment): Promise<void>;
}

export function createOwnAddress(deps: {
  changeLog: ChangeLog;
  clock: Clock;
  vault: Vault;
  credentials: Credentials;
  post: Post;
}): OwnAddress {
  const { changeLog, vault, credentials, post } = deps;
  const codes = createOneTimeCodes(vault);
  const tickets = createTickets(deps);

  return {
    async offer(context, principal, { password, email }) {
      const { user } = (await requirePassword(credentials, context, principal, password)).subject;
      if (!post.reaches('mail')) throw new AdminError('conflict', 'mail is not set up on this server');
      const { code, kept } = codes.make();
      await post.send(context, user.loginKey, 'mail', addressProofLetter(context, email, code));
      return { ticket: tickets.seal(purposeOf(user.id), { email, kept }) };
    },
    async change(context, principal, { ticket, code }) {
      const session = signedIn(principal);
      const { id, loginName, tenantId } = session.subject.user;
      const opened = tickets.open(Offered, purposeOf(id), ticket);
      const { email, kept } = opened.state;
      if (!(await credentials.guarded(context, loginName, async () => codes.matches(kept, code))))
        throw AdminError.invalid('code', 'not the code that was sent');
      const by = administrator(session, context.source);
      await administer(changeLog, tenantId, by, [], async (recorder) => {
        await opened.spend(recorder, tenantId);
        const user = await getUser(recorder.tx, tenantId, id);
        const proved = { email, emailVerified: true, updatedAt: recorder.now, version: user.version + 1 };
        await recorder.updateUser(user, { ...user, ...proved });
      });
    },
  };
}

function purposeOf(userId: string): string {
  return `mail address of ${userId}`;
}
