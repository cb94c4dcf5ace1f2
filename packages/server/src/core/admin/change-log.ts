/**
 * The change log: the only way to an administrative write. `record` hands its job a recorder whose every verb
 * writes the row and, in the same transaction, what changed, by whom, from where; then tells every node. The raw
 * writer never leaves this file, so a change that is not logged does not compile.
 */
import { isDeepStrictEqual } from 'node:util';
import { type ChangedField, MASK, RESTORED_FROM } from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import { newId } from '../../kit/random.js';
import { type Directory, SIGNAL_LIFE } from '../directory.js';
import { AdminError } from '../errors.js';
import type { SecurityNotices } from '../mail/security-notices.js';
import type {
  Actor,
  App,
  Change,
  Factor,
  RegisteredClient,
  RegistrationToken,
  Role,
  Signal,
  SigningKey,
  Tenant,
  User,
} from '../model.js';
import type { AdminStore, AdminWriter, Writer } from '../ports.js';
import type { Recording } from '../traffic/port.js';
import { type Described, describe, type RecordedObjects, SecretValue } from './change-fields.js';

/** Administrative verbs; each one leaves its entry in the change log. */
export interface Recorder {
  /** Protocol reads and writes of the same transaction. */
  readonly tx: Writer;
  readonly actor: Actor;
  readonly now: number;
  createTenant(tenant: Tenant): Promise<void>;
  updateTenant(before: Tenant, after: Tenant): Promise<void>;
  createUser(user: User): Promise<void>;
  /** Throws `version_mismatch` when somebody else was faster; so do all updates. */
  updateUser(before: User, after: User): Promise<void>;
  deleteUser(user: User): Promise<void>;
  addFactor(user: User, factor: Factor): Promise<void>;
  removeFactor(user: User, factor: Factor): Promise<void>;
  createRole(role: Role): Promise<void>;
  updateRole(before: Role, after: Role): Promise<void>;
  deleteRole(role: Role): Promise<void>;
  /** Does and logs nothing when the user already is a member. */
  addMember(role: Role, user: User): Promise<void>;
  removeMember(role: Role, user: User): Promise<void>;
  createApp(app: App): Promise<void>;
  updateApp(before: App, after: App): Promise<void>;
  deleteApp(app: App): Promise<void>;
  /** Also writes the picture, in base64; null takes it away. */
  setLogo(before: App, after: App, png: string | null): Promise<void>;
  createClient(app: App, client: RegisteredClient): Promise<void>;
  updateClient(app: App, before: RegisteredClient, after: RegisteredClient): Promise<void>;
  deleteClient(app: App, client: RegisteredClient): Promise<void>;
  createRegistrationToken(app: App, token: RegistrationToken): Promise<void>;
  deleteRegistrationToken(app: App, token: RegistrationToken): Promise<void>;
  createKey(key: SigningKey): Promise<void>;
  updateKey(before: SigningKey, after: SigningKey): Promise<void>;
  deleteKey(key: SigningKey): Promise<void>;
  createRecording(recording: Recording): Promise<void>;
  updateRecording(before: Recording, after: Recording): Promise<void>;
  /** With everything that was recorded. */
  deleteRecording(recording: Recording): Promise<void>;
  /** Logs what was taken from a user by protocol writes of `tx`: sessions, permissions, a lock. */
  noteTaken(user: User, field: 'sessions' | 'permissions' | 'lock' | 'devices', what: string): Promise<void>;
  /** The entries from here on say that they take their object back to what it was after `change`. */
  markRestored(change: Pick<Change, 'at'>): void;
  /** Logs what was sent to a user. */
  noteGiven(user: User, field: 'invitation', what: string): Promise<void>;
  /** Other administrative transactions wait from here to the end of this one. */
  serialize(): Promise<void>;
  /** Object names changed so far in this transaction, with action and field names: the plan of `apply`. */
  changes(): readonly Change[];
}

export interface ChangeLog {
  /** Runs `job` in one transaction as `actor`. Every node has been told, and this one obeys, when it resolves. */
  record<T>(tenantId: string, actor: Actor, job: (recorder: Recorder) => Promise<T>): Promise<T>;
}

export function createChangeLog(deps: {
  adminStore: AdminStore;
  directory: Directory;
  clock: Clock;
  notices: SecurityNotices;
}): ChangeLog {
  return {
    async record(tenantId, actor, job) {
      const { result, changes } = await deps.adminStore.change(async (tx) => {
        const recorder = createRecorder(tx, tenantId, actor, deps.clock.now());
        return { result: await job(recorder), changes: recorder.changes() };
      });
      await deps.directory.catchUp();
      await deps.notices.send(tenantId, changes);
      return result;
    },
  };
}

function createRecorder(tx: AdminWriter, tenantId: string, actor: Actor, now: number): Recorder {
  const { admin } = tx;
  const written: Change[] = [];
  /** The instant of the version that is being restored, ISO 8601. */
  let restoredFrom: string | null = null;

  async function log(
    { object, name, appId }: Described,
    action: Change['action'],
    fields: ChangedField[],
  ): Promise<void> {
    const by = { actorId: actor.userId, actor: actor.name, source: actor.source };
    const mark = restoredFrom === null ? [] : [{ field: RESTORED_FROM, old: null, new: restoredFrom }];
    const what = { object, appId: appId ?? null, name, action, fields: [...fields, ...mark] };
    const change: Change = { tenantId, id: newId(), at: now, ...by, ...what };
    written.push(change);
    await admin.appendChange(change);
  }

  function tell(kind: Signal['kind'], subject: string): Promise<void> {
    return tx.signals.append({ tenantId, kind, subject, expiresAt: now + SIGNAL_LIFE });
  }

  /** Logs and signals an update, or does nothing when no field differs. */
  async function update<Kind extends keyof RecordedObjects>(
    kind: Kind,
    before: RecordedObjects[Kind],
    after: RecordedObjects[Kind],
    write: () => Promise<boolean>,
  ): Promise<void> {
    const fields = difference(describe(kind, before).fields, describe(kind, after).fields);
    if (fields.length === 0) return;
    if (!(await write()))
      throw new AdminError('version_mismatch', 'somebody else changed it meanwhile; read it again');
    const described = describe(kind, after);
    await log(described, 'update', fields);
    await tell(kind, described.id);
  }

  async function create<Kind extends keyof RecordedObjects>(
    kind: Kind,
    after: RecordedObjects[Kind],
    write: () => Promise<void>,
  ): Promise<void> {
    await write();
    const described = describe(kind, after);
    await log(described, 'create', difference({}, described.fields));
    await tell(kind, described.id);
  }

  async function remove<Kind extends keyof RecordedObjects>(
    kind: Kind,
    before: RecordedObjects[Kind],
    write: () => Promise<void>,
  ): Promise<void> {
    await write();
    const described = describe(kind, before);
    await log(described, 'delete', difference(described.fields, {}));
    await tell(kind, described.id);
  }

  async function member(role: Role, user: User, joins: boolean): Promise<void> {
    const write = joins ? admin.addMember : admin.removeMember;
    if (!(await write(tenantId, role.id, user.id))) return;
    const [old, next] = joins ? [null, user.loginName] : [user.loginName, null];
    await log(describe('role', role), 'update', [{ field: 'members', old, new: next }]);
    await tell('user', user.id);
  }

  async function factor(user: User, changed: Factor, added: boolean): Promise<void> {
    if (added) await admin.insertFactor(changed);
    else await admin.deleteFactor(tenantId, changed.id);
    const [old, next] = added ? [null, changed.mechanism] : [changed.mechanism, null];
    await log(describe('user', user), 'update', [{ field: 'factors', old, new: next }]);
    await tell('user', user.id);
  }

  const always = (write: Promise<void>) => write.then(() => true);
  return {
    tx,
    actor,
    now,
    createTenant: (tenant) => create('tenant', tenant, () => admin.insertTenant(tenant)),
    updateTenant: (before, after) => update('tenant', before, after, () => always(admin.updateTenant(after))),
    createUser: (user) => create('user', user, () => admin.insertUser(user)),
    updateUser: (before, after) => update('user', before, after, () => admin.updateUser(after)),
    deleteUser: (user) => remove('user', user, () => admin.deleteUser(tenantId, user.id)),
    addFactor: (user, added) => factor(user, added, true),
    removeFactor: (user, removed) => factor(user, removed, false),
    createRole: (role) => create('role', role, () => admin.insertRole(role)),
    updateRole: (before, after) => update('role', before, after, () => admin.updateRole(after)),
    deleteRole: (role) => remove('role', role, () => admin.deleteRole(tenantId, role.id)),
    addMember: (role, user) => member(role, user, true),
    removeMember: (role, user) => member(role, user, false),
    createApp: (app) => create('app', app, () => admin.insertApp(app)),
    updateApp: (before, after) => update('app', before, after, () => admin.updateApp(after)),
    setLogo: (before, after, png) =>
      update('app', before, after, async () => {
        await admin.putLogo(after, png);
        return admin.updateApp(after);
      }),
    deleteApp: (app) => remove('app', app, () => admin.deleteApp(tenantId, app.id)),
    createClient: (app, client) => create('client', { app, client }, () => admin.insertClient(client)),
    updateClient: (app, before, after) =>
      update('client', { app, client: before }, { app, client: after }, () => admin.updateClient(after)),
    deleteClient: (app, client) =>
      remove('client', { app, client }, () => admin.deleteClient(tenantId, client.id)),
    createRegistrationToken: (app, token) =>
      create('registration', { app, token }, () => admin.insertRegistrationToken(token)),
    deleteRegistrationToken: (app, token) =>
      remove('registration', { app, token }, () => admin.deleteRegistrationToken(tenantId, token.id)),
    createKey: (key) => create('keys', key, () => admin.insertKey(key)),
    updateKey: (before, after) => update('keys', before, after, () => always(admin.updateKey(after))),
    deleteKey: (key) => remove('keys', key, () => admin.deleteKey(tenantId, key.kid)),
    createRecording: (recording) => create('recordings', recording, () => admin.insertRecording(recording)),
    updateRecording: (before, after) =>
      update('recordings', before, after, () => always(admin.updateRecording(after))),
    deleteRecording: (recording) =>
      remove('recordings', recording, () => admin.deleteRecording(tenantId, recording.id)),
    noteTaken: (user, field, what) =>
      log(describe('user', user), 'update', [{ field, old: what, new: null }]),
    markRestored: ({ at }) => {
      restoredFrom = new Date(at).toISOString();
    },
    noteGiven: (user, field, what) =>
      log(describe('user', user), 'update', [{ field, old: null, new: what }]),
    serialize: () => admin.serialize(),
    changes: () => written,
  };
}

/** Fields whose value differs. A secret that was set anew shows as masked on both sides. */
function difference(before: Record<string, unknown>, after: Record<string, unknown>): ChangedField[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((field) => ({ field, old: shown(before[field]), new: shown(after[field]) }));
}

function shown(value: unknown): unknown {
  if (value instanceof SecretValue) return value.text === null ? null : MASK;
  return value ?? null;
}
