/** What may happen to the tenant inside an administrative transaction. */

import { isDeepStrictEqual } from 'node:util';
import { lifetimeSeconds, type PasswordSettings, type SessionSettings } from '@sallyport/contract';
import { AdminError } from '../errors.js';
import { foldLoginName } from '../login-name.js';
import type { Tenant } from '../model.js';
import type { Reader } from '../ports.js';
import { type Administrator, authorize } from './authority.js';
import type { Recorder } from './change-log.js';

export interface TenantChanges {
  name?: string | undefined;
  loginSuffixes?: string[] | undefined;
  sessions?: Partial<SessionSettings> | undefined;
  passwords?: PasswordSettings | undefined;
}

/** The tenant as it is in the transaction. */
export async function getTenant(read: Reader, tenantId: string): Promise<Tenant> {
  const tenant = await read.tenants.find(tenantId);
  if (!tenant) throw AdminError.notFound('the tenant');
  return tenant;
}

/** Writes the fields present; nothing happens, and nobody is asked for a right, when none differs. */
export async function changeTenant(
  recorder: Recorder,
  by: Administrator,
  before: Tenant,
  { name, loginSuffixes, sessions, passwords }: TenantChanges,
): Promise<Tenant> {
  const next: Tenant = {
    ...before,
    name: name ?? before.name,
    loginSuffixes: loginSuffixes ? withoutDoubles(loginSuffixes) : before.loginSuffixes,
    sessions: {
      idle: sessions?.idle === undefined ? before.sessions.idle : lifetimeSeconds(sessions.idle),
      absolute:
        sessions?.absolute === undefined ? before.sessions.absolute : lifetimeSeconds(sessions.absolute),
    },
    passwords: passwordLife(before, passwords),
  };
  if (isDeepStrictEqual(next, before)) return before;
  authorize(by, 'write tenant');
  const after = { ...next, version: before.version + 1 };
  await recorder.updateTenant(before, after);
  return after;
}

function passwordLife({ passwords }: Tenant, changes: PasswordSettings = {}): Tenant['passwords'] {
  const { expireAfter, remembered = passwords.remembered } = changes;
  if (expireAfter === undefined) return { ...passwords, remembered };
  return { expireAfter: expireAfter === 'never' ? 0 : lifetimeSeconds(expireAfter), remembered };
}

/** The suffixes of `before` that `next` leaves out though login names end in them. */
export async function suffixesStillInUse(
  { tx }: Recorder,
  before: Tenant,
  next: readonly string[],
): Promise<string[]> {
  const kept = new Set(next.map(foldLoginName));
  const used: string[] = [];
  for (const suffix of before.loginSuffixes)
    if (!kept.has(foldLoginName(suffix)) && (await isInUse(tx, before.id, suffix))) used.push(suffix);
  return used;
}

async function isInUse(read: Reader, tenantId: string, suffix: string): Promise<boolean> {
  const ending = `@${foldLoginName(suffix)}`;
  let after: string | undefined;
  do {
    const page = await read.users.page(tenantId, { search: ending, limit: 200, after });
    if (page.items.some((user) => user.loginKey.endsWith(ending))) return true;
    after = page.next;
  } while (after !== undefined);
  return false;
}

function withoutDoubles(suffixes: readonly string[]): string[] {
  return [...new Map(suffixes.map((suffix) => [foldLoginName(suffix), suffix])).values()];
}
