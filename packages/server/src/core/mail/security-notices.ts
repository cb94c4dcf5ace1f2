/**
 * A mail for whatever helps somebody to take an account over, to whoever owns it. Changes are told by the change log,
 * so that no way of making one escapes it; a device that is remembered, by the sign-in that has it remembered.
 */
import type { Change, User } from '../model.js';
import type { Reader } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import { changeLetter } from './letters.js';
import type { Messenger } from './messenger.js';

/** Who is told. */
export type Owner = Pick<User, 'email' | 'loginName' | 'confidentialClient'>;

export interface SecurityNotices {
  /** To be called with what was recorded, once it is durable; never rejects. */
  send(tenantId: string, changes: readonly Change[]): Promise<void>;
  /** A browser will be asked for less from now on. Returns at once. */
  deviceRemembered(context: RequestContext, user: Owner): void;
  /** Somebody signed in as this user ended every session of theirs. Returns at once. */
  signedOutEverywhere(context: RequestContext, user: Owner): void;
}

const SIGNED_OUT = 'every session was signed out';

export function createSecurityNotices(deps: { read: Reader; messenger: Messenger }): SecurityNotices {
  const { read, messenger } = deps;

  async function tell(tenantId: string, userId: string, changes: readonly Change[]): Promise<void> {
    const [latest] = changes;
    const what = [...new Set(changes.flatMap(sensitive))];
    if (!latest || what.length === 0) return;
    const [tenant, user] = [await read.tenants.find(tenantId), await read.users.find(tenantId, userId)];
    if (!tenant || !user || user.confidentialClient) return;
    const { loginName } = user;
    const { source } = latest;
    for (const to of addressesOf(user.email, changes))
      messenger.send('mail', changeLetter(tenant.name, { to, loginName, what, source }));
  }

  function tellOf({ tenant, source }: RequestContext, owner: Owner, what: string): void {
    if (owner.confidentialClient || !messenger.channels.has('mail')) return;
    const { email: to, loginName } = owner;
    messenger.send('mail', changeLetter(tenant.name, { to, loginName, what: [what], source }));
  }

  return {
    async send(tenantId, changes) {
      if (!messenger.channels.has('mail')) return;
      // Whoever is made just now has nothing yet that could be taken over.
      const made = new Set(changes.filter(({ action }) => action === 'create').map(({ object }) => object));
      const updates = changes.filter(
        ({ object, action }) => object.startsWith('users/') && action === 'update' && !made.has(object),
      );
      for (const object of new Set(updates.map((change) => change.object)))
        await tell(
          tenantId,
          object.slice('users/'.length),
          updates.filter((change) => change.object === object),
        ).catch(() => undefined);
    },
    deviceRemembered: (context, user) => tellOf(context, user, 'a device was remembered at a sign-in'),
    signedOutEverywhere: (context, user) => tellOf(context, user, SIGNED_OUT),
  };
}

/** What of a change its owner must hear of, in words. */
function sensitive({ fields }: Change): string[] {
  return fields.flatMap(({ field, old, new: next }) => {
    if (field === 'password') return ['the password was changed'];
    if (field === 'email') return ['the mail address was changed'];
    if (field === 'loginName') return ['the login name was changed'];
    if (field === 'sessions' && old === 'everywhere') return [SIGNED_OUT];
    if (field !== 'factors') return [];
    return [next === null ? `a second factor was removed (${old})` : `a second factor was added (${next})`];
  });
}

/** The address now, and the one before when that changed. */
function addressesOf(email: string, changes: readonly Change[]): Set<string> {
  const before = changes.flatMap(({ fields }) =>
    fields.flatMap(({ field, old }) => (field === 'email' && typeof old === 'string' ? [old] : [])),
  );
  return new Set([email, ...before]);
}
