/**
 * Apps, subjects, keys and tenants as the hot path reads them: from memory, forgotten by signal. The database stays
 * the truth: `catchUp` makes every answer after it as fresh as a read would be.
 */
import { LRUCache } from 'lru-cache';
import { atMost } from '../kit/at-most.js';
import type { Clock } from '../kit/clock.js';
import { type Subject, subjectOf } from './access.js';
import { type RunningApp, runningApp } from './app-runtime.js';
import { Unavailable } from './errors.js';
import { foldLoginName, foldName } from './login-name.js';
import type { RegisteredClient, Signal, Tenant, User } from './model.js';
import type { Reader, SignalBell } from './ports.js';

/** Milliseconds between two looks at the signals, and the age beyond which answers are no longer trusted. */
const POLL_EVERY = 200;
const STALE_AFTER = 1000;

/** Milliseconds a signal to forget something is kept; a process that slept longer forgets everything. */
export const SIGNAL_LIFE = 24 * 3600 * 1000;

export interface Directory {
  /** Reads every signal committed before this call. One read serves all who wait. */
  catchUp(): Promise<void>;
  /** At most one second behind; catches up first if it is more. Throws {@link Unavailable} when it cannot. */
  ensureFresh(): Promise<void>;
  tenantByHost(host: string): Promise<Tenant>;
  /** The same without waiting; undefined while it must be read. */
  knownTenant(host: string): Tenant | undefined;
  app(tenantId: string, applicationId: string): Promise<RunningApp | null>;
  appById(tenantId: string, id: string): Promise<RunningApp | null>;
  /** The OAuth2 Server app whose audience this is, by `audienceKey`. */
  appByAudience(tenantId: string, key: string): Promise<RunningApp | null>;
  /** A client that registered itself, by its id. */
  client(tenantId: string, clientId: string): Promise<RegisteredClient | null>;
  subject(tenantId: string, userId: string): Promise<Subject | null>;
  subjectByLogin(tenantId: string, loginName: string): Promise<Subject | null>;
  /** Whether a JWT's `jti` or a grant was revoked. */
  isRevoked(tenantId: string, id: string): boolean;
  /** Whether any account is slowed, as last heard. */
  isAnyoneSlowed(): boolean;
  /** Until when attempts on this account and source are slowed, as last heard; 0 when they are not. */
  slowedUntil(tenantId: string, attemptKey: string): number;
  /** Until when a source or an account has come too often, as another process has counted; 0 when it has not. */
  limitedUntil(rateKey: string): number;
  /** Called with every `keys` signal. */
  onKeysChanged(listener: (tenantId: string) => void): void;
  /** Called when recordings of traffic were switched. */
  onRecordingsChanged(listener: () => void): void;
  /** The signal sequence number this process has taken up. */
  sequence(): number;
  stop(): void;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A user with roles, rights and factors, as `read` has them now. */
export async function readSubject(read: Reader, user: User): Promise<Subject> {
  const ids = await read.users.roleIds(user.tenantId, user.id);
  if (!user.confidentialClient) ids.push('everybody');
  const roles = await read.roles.findMany(user.tenantId, ids);
  return subjectOf(user, roles, await read.users.factors(user.tenantId, user.id));
}

type Cache<T> = LRUCache<string, Promise<T | null>>;

/**
 * Opens the directory: loads what is revoked and begins to listen. The bell makes it look sooner; how fresh an answer
 * is depends on looks alone, so that a bell that hangs harms nobody.
 *
 * @param deps.pollEvery milliseconds between two looks by the clock
 */
export async function openDirectory(deps: {
  read: Reader;
  bell: SignalBell;
  clock: Clock;
  pollEvery?: number;
}): Promise<Directory> {
  const { read, bell, clock, pollEvery = POLL_EVERY } = deps;
  const apps: Cache<RunningApp> = new LRUCache(atMost(5_000));
  const clients: Cache<RegisteredClient> = new LRUCache(atMost(5_000));
  const subjects: Cache<Subject> = new LRUCache(atMost(20_000));
  const userIds: Cache<string> = new LRUCache(atMost(20_000));
  const tenants: Cache<Tenant> = new LRUCache(atMost(1_000));
  const knownTenants = new Map<string, Tenant>();
  const revoked = new Map<string, number>();
  const slowed = new Map<string, number>();
  const limited = new Map<string, number>();
  const keyListeners: ((tenantId: string) => void)[] = [];
  const recordingListeners: (() => void)[] = [];
  let sequence = 0;
  let freshAt = clock.now();
  let reading: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  function take({ tenantId, kind, subject, expiresAt }: Signal): void {
    const key = `${tenantId} ${subject}`;
    if (kind === 'app') {
      apps.clear();
      // An app that is gone took its clients along.
      clients.clear();
    } else if (kind === 'client') clients.delete(key);
    else if (kind === 'registration') return;
    else if (kind === 'role') subjects.clear();
    else if (kind === 'user') subjects.delete(key);
    else if (kind === 'tenant') forgetTenants();
    else if (kind === 'keys') for (const listener of keyListeners) listener(tenantId);
    else if (kind === 'recordings') for (const listener of recordingListeners) listener();
    else if (kind === 'slowed') slowed.set(key, expiresAt);
    else if (kind === 'limited') limited.set(subject, expiresAt);
    else revoked.set(key, expiresAt);
  }

  function forgetTenants(): void {
    tenants.clear();
    knownTenants.clear();
  }

  async function readSignals(): Promise<void> {
    const startedAt = clock.now();
    if (startedAt - freshAt > SIGNAL_LIFE) {
      for (const cache of [apps, clients, subjects, userIds]) cache.clear();
      forgetTenants();
      for (const listener of recordingListeners) listener();
    }
    for (;;) {
      const heard = await read.signals.since(sequence);
      for (const signal of heard.signals) take(signal);
      sequence = heard.sequence;
      if (heard.signals.length === 0) break;
    }
    freshAt = startedAt;
  }

  /**
   * All callers of one turn of the event loop share one read. A caller may not join a read that began before it: what
   * it must see could be committed after that read.
   */
  function catchUp(): Promise<void> {
    next ??= readNext();
    return next;
  }

  async function readNext(): Promise<void> {
    await nextTurn();
    await reading?.catch(() => undefined);
    next = null;
    reading = readSignals();
    await reading;
  }

  function load<T>(cache: Cache<T>, key: string, find: () => Promise<T | null>): Promise<T | null> {
    return cache.get(key) ?? loadAnew(cache, key, find);
  }

  async function loadAnew<T>(cache: Cache<T>, key: string, find: () => Promise<T | null>): Promise<T | null> {
    const finding = find();
    cache.set(key, finding);
    try {
      const value = await finding;
      // An absent row is not remembered: an outsider's guesses must not push real rows out.
      if (value === null && cache.peek(key) === finding) cache.delete(key);
      return value;
    } catch (error) {
      if (cache.peek(key) === finding) cache.delete(key);
      throw error;
    }
  }

  function subject(tenantId: string, userId: string): Promise<Subject | null> {
    return load(subjects, `${tenantId} ${userId}`, async () => {
      const user = await read.users.find(tenantId, userId);
      return user && readSubject(read, user);
    });
  }

  /** The id is remembered apart from the user, and believed only while the user still has that name. */
  async function subjectByLogin(tenantId: string, loginName: string): Promise<Subject | null> {
    const loginKey = foldLoginName(loginName);
    const key = `${tenantId} ${loginKey}`;
    const findId = async () => (await read.users.findByLoginKey(tenantId, loginKey))?.id ?? null;
    const userId = await load(userIds, key, findId);
    const found = userId && (await subject(tenantId, userId));
    if (!userId || (found && found.user.loginKey === loginKey)) return found || null;
    userIds.delete(key);
    const currentId = await load(userIds, key, findId);
    return currentId ? subject(tenantId, currentId) : null;
  }

  function forgetExpired(): void {
    const now = clock.now();
    for (const known of [revoked, slowed, limited])
      for (const [key, expiresAt] of known) if (expiresAt <= now) known.delete(key);
  }

  const alive = await read.signals.alive(clock.now());
  for (const signal of alive.signals) take(signal);
  sequence = alive.sequence;
  let stopped = false;
  const look = () => {
    if (!stopped) void catchUp().catch(() => undefined);
  };
  bell.onRing(look);
  const polling = setInterval(look, pollEvery).unref();
  const cleaning = setInterval(forgetExpired, 60_000).unref();

  return {
    catchUp,
    async ensureFresh() {
      if (clock.now() - freshAt <= STALE_AFTER) return;
      await catchUp().catch((cause: unknown) => {
        throw Object.assign(new Unavailable('the database is out of reach'), { cause });
      });
    },
    async tenantByHost(host) {
      const finding = load(tenants, host, () => read.tenants.findByHost(host));
      const held = tenants.peek(host);
      const tenant = await finding;
      if (!tenant) throw new Unavailable('no tenant is set up yet');
      // Not what was forgotten while it was read.
      if (tenants.peek(host) === held) knownTenants.set(host, tenant);
      return tenant;
    },
    knownTenant: (host) => knownTenants.get(host),
    app: (tenantId, applicationId) =>
      load(apps, `${tenantId} key ${foldName(applicationId)}`, async () => {
        const app = await read.apps.findByKey(tenantId, foldName(applicationId));
        return app && runningApp(app);
      }),
    appById: (tenantId, id) =>
      load(apps, `${tenantId} id ${id}`, async () => {
        const app = await read.apps.find(tenantId, id);
        return app && runningApp(app);
      }),
    appByAudience: (tenantId, key) =>
      load(apps, `${tenantId} audience ${key}`, async () => {
        const app = await read.apps.findByAudience(tenantId, key);
        return app && runningApp(app);
      }),
    client: (tenantId, clientId) =>
      load(clients, `${tenantId} ${clientId}`, () => read.clients.find(tenantId, clientId)),
    subject,
    subjectByLogin,
    isRevoked: (tenantId, id) => (revoked.get(`${tenantId} ${id}`) ?? 0) > clock.now(),
    isAnyoneSlowed: () => slowed.size > 0,
    slowedUntil: (tenantId, attemptKey) => slowed.get(`${tenantId} ${attemptKey}`) ?? 0,
    limitedUntil: (rateKey) => (limited.size === 0 ? 0 : (limited.get(rateKey) ?? 0)),
    onKeysChanged: (listener) => keyListeners.push(listener),
    onRecordingsChanged: (listener) => recordingListeners.push(listener),
    sequence: () => sequence,
    stop: () => {
      stopped = true;
      clearInterval(polling);
      clearInterval(cleaning);
    },
  };
}
