/**
 * Taking an object back to a version that the change log remembers. A version is rebuilt by undoing, one after the
 * other, what was recorded since; it is then written like any other change, by the same rules and rights.
 */
import { MASK, RESTORED_FROM, type Restoration } from '@sallyport/contract';
import { AdminError } from '../errors.js';
import type { Change, Tenant } from '../model.js';
import type { Reader, Store } from '../ports.js';
import type { AppDeps } from './app-changes.js';
import {
  type Administrator,
  administer,
  authorize,
  keepAnAdministrator,
  type Operation,
} from './authority.js';
import type { ChangeLog, Recorder } from './change-log.js';
import type { Expected } from './expected-version.js';
import { RESTORERS } from './restorers.js';

export interface Restorer {
  /**
   * Makes the object what it was after the change `id`; of a deletion, what it was before. With `dryRun` only says
   * what would change. Secrets, members and second factors stay as they are. With `expected` only while the object
   * has that version. Throws `AdminError`.
   */
  restore(
    tenant: Pick<Tenant, 'id'>,
    by: Administrator,
    id: string,
    options: { dryRun: boolean; expected: Expected },
  ): Promise<Restoration>;
}

/** Carries the answer out of a transaction that must leave nothing behind. */
class DryRun extends Error {
  constructor(readonly result: Restoration) {
    super('dry run');
  }
}

const WRITTEN_BY: Record<Kind, Operation> = {
  apps: 'write apps',
  roles: 'write roles',
  users: 'write users',
  tenant: 'write tenant',
};

export function createRestorer(
  deps: AppDeps & { store: Pick<Store, 'read'>; changeLog: ChangeLog },
): Restorer {
  const { store, changeLog } = deps;
  return {
    async restore(tenant, by, id, { dryRun, expected }) {
      authorize(by, 'read logs');
      const change = await store.read.changes.find(tenant.id, id);
      if (!change) throw AdminError.notFound('the change');
      const kind = kindOf(change);
      try {
        return await administer(changeLog, tenant.id, by, [WRITTEN_BY[kind]], async (recorder, current) => {
          const fields = await versionAfter(recorder.tx, change);
          recorder.markRestored(change);
          const mine = { recorder, by: current, tenantId: tenant.id, deps };
          const { found, version, notes } = await RESTORERS[kind]({ ...mine, change, fields, expected });
          if (recorder.changes().length === 0 && fields.size > 0 && notes.length === 0)
            notes.push('members, second factors and secrets are no part of a version: they stay as they are');
          const result = { ...resultOf(recorder, change), version: dryRun ? found : version, notes };
          if (!dryRun) return result;
          await keepAnAdministrator(recorder, tenant.id);
          throw new DryRun(result);
        });
      } catch (error) {
        if (error instanceof DryRun) return error.result;
        throw error;
      }
    },
  };
}

type Kind = keyof typeof RESTORERS;

function isKind(word: string): word is Kind {
  return word in RESTORERS;
}

function kindOf({ object }: Change): Kind {
  const [kind = '', , part] = object.split('/');
  // What registers itself with an app holds secrets and keys of its own.
  if (part !== undefined)
    throw new AdminError('conflict', 'clients and tokens of an app cannot be taken back to what they were');
  if (isKind(kind)) return kind;
  throw new AdminError('conflict', 'a signing key cannot be taken back to what it was');
}

const PAGE = 200;

/** The fields that were changed since, with the values that they had right after `change`. */
async function versionAfter(read: Reader, change: Change): Promise<Map<string, unknown>> {
  const { tenantId, object, appId } = change;
  const asked = appId === null ? { object } : { appId };
  const fields = new Map<string, unknown>();
  let after: string | undefined;
  do {
    const page = await read.changes.page(tenantId, { ...asked, limit: PAGE, after });
    for (const later of page.items) {
      if (!isOfSameObject(later, change)) continue;
      const isDeletion = later.id === change.id && change.action === 'delete';
      if (later.id <= change.id && !isDeletion) return fields;
      for (const { field, old } of later.fields)
        if (old !== MASK && field !== RESTORED_FROM) fields.set(field, old);
    }
    after = page.next;
  } while (after !== undefined);
  return fields;
}

/** An app may be called otherwise by now; a page of it holds its clients and tokens too. */
function isOfSameObject(later: Change, { object, appId }: Change): boolean {
  if (later.appId !== appId) return false;
  return appId === null ? later.object === object : later.object.split('/', 3).length === 2;
}

function resultOf(recorder: Recorder, { object, name }: Change): Omit<Restoration, 'version' | 'notes'> {
  const written = recorder.changes();
  const [action = 'none'] = written.map((entry) => entry.action);
  const fields = written.flatMap((entry) => entry.fields).filter(({ field }) => field !== RESTORED_FROM);
  const [now] = written;
  return { object: now?.object ?? object, name: now?.name ?? name, action, fields };
}
