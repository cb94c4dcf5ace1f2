/** Invitations: an administrator has the way to a first password mailed to a user, and never learns that password. */
import { readSubject } from '../directory.js';
import { AdminError } from '../errors.js';
import type { Login } from '../login/login.js';
import type { RequestContext } from '../request-context.js';
import { type Administrator, administer, requireAbove } from './authority.js';
import type { ChangeLog } from './change-log.js';
import { getUser } from './users.js';

export interface Invitations {
  /** `name` is a user's id or login name. Throws `AdminError`. */
  send(context: RequestContext, by: Administrator, name: string): Promise<void>;
}

export function createInvitations(deps: {
  changeLog: ChangeLog;
  login: Pick<Login, 'invite' | 'recovers'>;
}): Invitations {
  const { changeLog, login } = deps;
  return {
    async send(context, by, name) {
      const { id: tenantId } = context.tenant;
      const subject = await administer(
        changeLog,
        tenantId,
        by,
        ['write users'],
        async (recorder, current) => {
          const user = await getUser(recorder.tx, tenantId, name);
          await requireAbove(recorder, current, user);
          if (!login.recovers) throw new AdminError('conflict', 'mail is not set up on this server');
          if (!user.enabled || user.confidentialClient)
            throw new AdminError(
              'conflict',
              `${user.loginName} cannot sign in, so there is nothing to invite to`,
            );
          await recorder.noteGiven(user, 'invitation', user.email);
          return readSubject(recorder.tx, user);
        },
      );
      await login.invite(context, subject);
    },
  };
}
