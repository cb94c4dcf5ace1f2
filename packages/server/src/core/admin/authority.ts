/**
 * Who may administer what: the rights of contract section 7 and the delegation of rule 16, decided here and nowhere
 * else. An administrative change runs in {@link administer}, which looks at the rights again inside the transaction.
 */
import { RIGHTS, type Right } from '@sallyport/contract';
import { outranks } from '../access.js';
import { readSubject } from '../directory.js';
import { AdminError } from '../errors.js';
import type { Actor, User } from '../model.js';
import type { Reader } from '../ports.js';
import { actorOf, type Principal } from '../principal.js';
import type { ChangeLog, Recorder } from './change-log.js';

/** An actor with the rights by which they administer. */
export interface Administrator extends Actor {
  readonly rights: ReadonlySet<Right>;
}

/** Each operation with the rights of which any one opens it; `System Administrator` holds them all. */
const OPENED_BY = {
  'read users': ['Read Only User Management'],
  'write users': ['User Management'],
  'read roles': ['Role Management', 'Read Only User Management', 'Application Management'],
  'write roles': ['Role Management'],
  'write members': ['User Management'],
  'read apps': ['Application Management', 'Read Only System Administrator'],
  'write apps': ['Application Management'],
  'read tenant': ['Read Only System Administrator', 'Read Only User Management'],
  'write tenant': ['System Administrator'],
  'read keys': ['Read Only System Administrator'],
  'write keys': ['System Administrator'],
  'read app traffic': ['Application Management', 'Read Only System Administrator'],
  'write app traffic': ['Application Management'],
  'read user traffic': ['User Management', 'Read Only System Administrator'],
  'write user traffic': ['User Management'],
  'read logs': ['Read Only System Administrator'],
  'read everything': ['Read Only System Administrator'],
} as const satisfies Record<string, readonly [Right, ...Right[]]>;
export type Operation = keyof typeof OPENED_BY;

/** The administrator whom a request comes from. */
export function administrator(principal: Principal, source: string): Administrator {
  return { ...actorOf(principal, source), rights: principal.subject.rights };
}

/** Whoever runs the command line on the server's own machine: they hold the database, so every right. */
export function localAdministrator(systemUser: string): Administrator {
  return { userId: null, name: `local:${systemUser}`, source: 'local', rights: new Set(RIGHTS) };
}

/** Whether `by` may do `operation` at all. */
export function mayDo(by: Administrator, operation: Operation): boolean {
  return OPENED_BY[operation].some((right) => by.rights.has(right));
}

/** Throws `forbidden`, naming the right, when `by` may not do `operation`. */
export function authorize(by: Administrator, operation: Operation): void {
  if (!mayDo(by, operation)) throw AdminError.lacksRight(OPENED_BY[operation][0]);
}

/** Throws `forbidden` unless `by` holds every right that would be granted or taken away. Rule 16. */
export function requireRights(by: Administrator, rights: Iterable<Right>): void {
  for (const right of rights) if (!by.rights.has(right)) throw AdminError.lacksRight(right);
}

/** Throws `forbidden` when `user` holds a right that `by` lacks. Rule 16. */
export async function requireAbove(recorder: Recorder, by: Administrator, user: User): Promise<void> {
  const { rights } = await readSubject(recorder.tx, user);
  if (!outranks(by.rights, rights))
    throw new AdminError('forbidden', `${user.loginName} holds an administrative right that you lack`);
}

/**
 * Runs `job` as one administrative transaction after every other one, with the rights that `by` holds then: of two
 * administrators who strip each other at once, the second no longer may, and one is always left.
 */
export function administer<T>(
  changeLog: ChangeLog,
  tenantId: string,
  by: Administrator,
  operations: readonly Operation[],
  job: (recorder: Recorder, by: Administrator) => Promise<T>,
): Promise<T> {
  for (const operation of operations) authorize(by, operation);
  return changeLog.record(tenantId, by, async (recorder) => {
    await recorder.serialize();
    const current = { ...by, rights: await rightsNow(recorder.tx, tenantId, by) };
    for (const operation of operations) authorize(current, operation);
    const result = await job(recorder, current);
    if (recorder.changes().some(({ object }) => /^(users|roles)\//.test(object)))
      await keepAnAdministrator(recorder, tenantId);
    return result;
  });
}

async function rightsNow(read: Reader, tenantId: string, by: Administrator): Promise<ReadonlySet<Right>> {
  if (by.userId === null) return by.rights;
  const user = await read.users.find(tenantId, by.userId);
  if (!user?.enabled) return new Set();
  return (await readSubject(read, user)).rights;
}

/** Throws `conflict` when the transaction has left nobody who holds every right. Rule 16. */
export async function keepAnAdministrator(recorder: Recorder, tenantId: string): Promise<void> {
  if ((await recorder.tx.roles.countHolders(tenantId, 'System Administrator')) > 0) return;
  throw new AdminError('conflict', 'the last administrator cannot be removed, disabled or stripped');
}

/** Whether taking `user` away would leave nobody who holds every right. */
export async function isLastAdministrator(recorder: Recorder, user: User): Promise<boolean> {
  const { rights } = await readSubject(recorder.tx, user);
  if (!rights.has('System Administrator') || user.confidentialClient || !user.enabled) return false;
  return (await recorder.tx.roles.countHolders(user.tenantId, 'System Administrator')) <= 1;
}
