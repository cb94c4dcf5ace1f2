/**
 * The declarative file, contract section 4: makes the tenant equal to what a document declares, in one transaction,
 * through the same changes that the API makes; and writes the tenant as such a document.
 */
import { Declaration, type DeclarationChange, type DeclarationResult } from '@sallyport/contract';
import type { Vault } from '../../kit/vault.js';
import type { FieldFault } from '../errors.js';
import type { Credentials } from '../login/credentials.js';
import { foldLoginName, foldName } from '../login-name.js';
import type { Change, Tenant } from '../model.js';
import type { Nodes } from '../nodes.js';
import type { Store } from '../ports.js';
import type { Urls } from '../urls.js';
import {
  type Administrator,
  administer,
  authorize,
  keepAnAdministrator,
  mayDo,
  type Operation,
} from './authority.js';
import type { ChangeLog } from './change-log.js';
import { declareObjects } from './declared-objects.js';
import { prepareSecrets } from './declared-secrets.js';
import { exportDeclaration } from './export.js';
import { parse, refuse } from './faults.js';
import { prune } from './prune.js';

export interface DeclarationOptions {
  /** Answers the plan and changes nothing. */
  dryRun: boolean;
  /** Also deletes what the document does not name, of the top keys that it holds. */
  prune: boolean;
}

/** Every function throws `AdminError`, its faults named by the path of the key, as `apps.0.tokens.lifetime`. */
export interface Declarations {
  /** Resolves when every running node has taken the change up; a note names one that stays silent. */
  apply(
    tenant: Pick<Tenant, 'id'>,
    by: Administrator,
    document: unknown,
    options: DeclarationOptions,
  ): Promise<DeclarationResult>;
  /** The tenant as a document, secrets left out; applying it changes nothing. */
  export(tenant: Pick<Tenant, 'id'>, by: Administrator): Promise<Declaration>;
}

/** Carries the plan out of a transaction that must leave nothing behind. */
class DryRun extends Error {
  constructor(readonly result: DeclarationResult) {
    super('dry run');
  }
}

export function createDeclarations(deps: {
  store: Pick<Store, 'read'>;
  changeLog: ChangeLog;
  credentials: Pick<Credentials, 'hashChosen' | 'verifies'>;
  vault: Vault;
  urls: Urls;
  nodes: Pick<Nodes, 'laggards'>;
}): Declarations {
  const { store, changeLog, credentials, nodes } = deps;
  const { read } = store;

  return {
    async apply(tenant, by, document, options) {
      const declaration = parse(Declaration, document);
      requireAuthority(by, declaration);
      refuse(doubles(declaration));
      const preparing = {
        read,
        credentials: options.dryRun ? { ...credentials, hashChosen: unhashed } : credentials,
      };
      const secrets = await prepareSecrets(preparing, tenant.id, by, declaration.users ?? []);
      try {
        const result = await administer(changeLog, tenant.id, by, [], async (recorder, current) => {
          const notes = await declareObjects(deps, { recorder, by: current, tenant, secrets }, declaration);
          if (options.prune) notes.push(...(await prune(recorder, current, tenant.id, declaration)));
          const result = { changes: planOf(recorder.changes()), notes };
          if (!options.dryRun) return result;
          await keepAnAdministrator(recorder, tenant.id);
          throw new DryRun(result);
        });
        const silent = result.changes.length > 0 ? await nodes.laggards() : [];
        return { ...result, notes: [...result.notes, ...silent.map(silentNode)] };
      } catch (error) {
        if (error instanceof DryRun) return error.result;
        throw error;
      }
    },
    async export(tenant, by) {
      authorize(by, 'read everything');
      return exportDeclaration(read, tenant.id);
    },
  };
}

/** Nothing of a dry run is kept: what a hash would cost for each password is saved. */
async function unhashed(): Promise<string> {
  return 'of a dry run';
}

function silentNode(name: string): string {
  return `the node ${name} has not taken the change up yet; it refuses requests until it has`;
}

/** Of each top key, the operations of which one must be open to whoever declares it. */
const DECLARED_BY: Record<keyof Declaration, readonly Operation[]> = {
  tenant: ['write tenant'],
  users: ['write users'],
  roles: ['write roles', 'write members'],
  apps: ['write apps'],
  authentication: ['write tenant'],
};

/** What changes is authorized once more where it changes; this keeps others from asking what would. */
function requireAuthority(by: Administrator, declaration: Declaration): void {
  const keys = Object.keys(declaration) as (keyof Declaration)[];
  if (keys.length === 0) authorize(by, 'read everything');
  for (const key of keys) {
    const [first, ...others] = DECLARED_BY[key];
    if (first && !others.some((operation) => mayDo(by, operation))) authorize(by, first);
  }
}

/** An object that is declared twice is a mistake of whoever wrote the file. */
function doubles({ roles = [], users = [], apps = [] }: Declaration): FieldFault[] {
  return [
    ...repeated(
      'roles',
      'name',
      roles.map((role) => foldName(role.name)),
    ),
    ...repeated(
      'users',
      'loginName',
      users.map((user) => foldLoginName(user.loginName)),
    ),
    ...repeated(
      'apps',
      'applicationId',
      apps.map((app) => foldName(app.applicationId)),
    ),
  ];
}

function repeated(list: string, key: string, names: readonly string[]): FieldFault[] {
  const seen = new Set<string>();
  return names.flatMap((name, i) => {
    if (seen.has(name)) return [{ field: `${list}.${i}.${key}`, message: `"${name}" is declared twice` }];
    seen.add(name);
    return [];
  });
}

/** Fields of a record that no declaration holds. */
const INTERNAL = new Set(['validAfter', 'mustChangePassword', 'code']);
const DECLARED_AS = new Map([['factors', 'totpSecret']]);

/** A change of the tenant as the two top keys under which the file has it. */
function byKey(change: Change): Change[] {
  if (change.object !== 'tenant') return [change];
  const prefix = 'authentication.';
  const own = change.fields.filter(({ field }) => !field.startsWith(prefix));
  const authentication = change.fields.flatMap(({ field, ...values }) =>
    field.startsWith(prefix) ? [{ ...values, field: field.slice(prefix.length) }] : [],
  );
  return [
    { ...change, fields: own },
    { ...change, object: 'authentication', fields: authentication },
  ].filter(({ fields }) => fields.length > 0);
}

/** One line per object, in the words of the file. */
function planOf(changes: readonly Change[]): DeclarationChange[] {
  const lines = new Map<string, DeclarationChange>();
  for (const change of changes.flatMap(byKey)) {
    const kind = change.object.split('/', 1)[0] ?? '';
    const byName = kind === 'users' || kind === 'roles';
    const object = byName ? `${kind}/${change.name}` : change.object;
    const line = lines.get(change.object) ?? { object, action: change.action, fields: [] };
    const fields = change.fields
      .map(({ field }) => DECLARED_AS.get(field) ?? field)
      .filter((field) => !INTERNAL.has(field));
    lines.set(change.object, { ...line, fields: [...new Set([...line.fields, ...fields])] });
  }
  return [...lines.values()];
}
