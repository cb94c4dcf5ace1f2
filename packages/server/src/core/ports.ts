/**
 * What core asks of the outside. `Reader` answers committed state, `Writer` is one grouped transaction, and
 * `AdminWriter` is handed to nobody but `admin/change-log.ts`, so an unrecorded administrative write cannot be
 * written down. `find…` may answer null; a verb that returns a boolean says whether it was this call that did it.
 */
import type { AuditType, Page, Right } from '@sallyport/contract';
import type {
  AccessToken,
  App,
  AuditEvent,
  AuthorizationCode,
  Change,
  Consent,
  DeviceRequest,
  Factor,
  Grant,
  KnownDevice,
  LoginTransaction,
  NodeBeat,
  ParkedRequest,
  RefreshToken,
  RegisteredClient,
  RegistrationToken,
  Role,
  Session,
  SessionClient,
  Signal,
  SigningKey,
  SpentId,
  Tenant,
  User,
} from './model.js';
import type { Recording } from './traffic/port.js';

/** A page to read: `limit` rows after the cursor `after`, narrowed by `search` (a case-insensitive fragment). */
export interface PageRequest {
  after?: string | undefined;
  limit: number;
  search?: string | undefined;
}

export interface EventPageRequest extends PageRequest {
  types?: readonly AuditType[] | undefined;
  from?: number | undefined;
  until?: number | undefined;
}

export interface ChangePageRequest extends PageRequest {
  object?: string | undefined;
  appId?: string | undefined;
}

/** Committed state; nothing here writes. */
export interface Reader {
  tenants: {
    /** The tenant whose host this is, else the first one made. */
    findByHost(host: string): Promise<Tenant | null>;
    find(id: string): Promise<Tenant | null>;
  };
  users: {
    find(tenantId: string, id: string): Promise<User | null>;
    findByLoginKey(tenantId: string, loginKey: string): Promise<User | null>;
    page(tenantId: string, page: PageRequest): Promise<Page<User>>;
    factors(tenantId: string, userId: string): Promise<Factor[]>;
    /** How many users have a factor of each mechanism that anybody has. */
    countEnrolled(tenantId: string): Promise<{ mechanism: string; users: number }[]>;
    /** Ids of the roles the user is a member of, Everybody left out: it has no rows. */
    roleIds(tenantId: string, userId: string): Promise<string[]>;
  };
  roles: {
    find(tenantId: string, id: string): Promise<Role | null>;
    findByNameKey(tenantId: string, nameKey: string): Promise<Role | null>;
    findMany(tenantId: string, ids: string[]): Promise<Role[]>;
    page(tenantId: string, page: PageRequest): Promise<Page<Role & { memberCount: number }>>;
    members(tenantId: string, roleId: string, page: PageRequest): Promise<Page<User>>;
    /** Enabled users, confidential clients left out, who hold `right` through any role. */
    countHolders(tenantId: string, right: Right): Promise<number>;
  };
  apps: {
    find(tenantId: string, id: string): Promise<App | null>;
    findByKey(tenantId: string, applicationKey: string): Promise<App | null>;
    /** The app whose custom issuer this is. */
    findByIssuer(tenantId: string, issuer: string): Promise<App | null>;
    /** The app of an API, by the `audienceKey` of its audience. */
    findByAudience(tenantId: string, key: string): Promise<App | null>;
    page(tenantId: string, page: PageRequest): Promise<Page<App>>;
    ofRole(tenantId: string, roleId: string): Promise<App[]>;
    /** The picture with this digest that an app shows, in base64. */
    logo(tenantId: string, digest: string): Promise<string | null>;
  };
  clients: {
    find(tenantId: string, id: string): Promise<RegisteredClient | null>;
    count(tenantId: string, appId: string): Promise<number>;
    page(tenantId: string, appId: string, page: PageRequest): Promise<Page<RegisteredClient>>;
  };
  registrationTokens: {
    findByHash(tokenHash: string): Promise<RegistrationToken | null>;
    ofApp(tenantId: string, appId: string): Promise<RegistrationToken[]>;
  };
  keys: { list(tenantId: string): Promise<SigningKey[]> };
  changes: {
    find(tenantId: string, id: string): Promise<Change | null>;
    /** Of one object, or of every object of a kind, such as `apps`, or of an app and all of it, when given. */
    page(tenantId: string, page: ChangePageRequest): Promise<Page<Change>>;
  };
  events: {
    /** Of `types` alone, when given, and of the instants between `from` and `until`, both included. */
    page(tenantId: string, page: EventPageRequest): Promise<Page<AuditEvent>>;
    /** The denials of one request, oldest first. */
    denialsOf(tenantId: string, correlationId: string): Promise<AuditEvent[]>;
    /** How many of each type in each hour, named by the instant it begins at, since `since`. */
    countByHour(tenantId: string, since: number): Promise<{ hour: number; type: AuditType; count: number }[]>;
  };
  logins: {
    find(idHash: string): Promise<LoginTransaction | null>;
    /** Those under way of one user, the latest first. */
    ofUser(tenantId: string, userId: string): Promise<LoginTransaction[]>;
  };
  sessions: {
    findByCookie(cookieHash: string): Promise<Session | null>;
    findByHandle(handleHash: string): Promise<Session | null>;
    find(tenantId: string, id: string): Promise<Session | null>;
    ofUser(tenantId: string, userId: string): Promise<Session[]>;
  };
  sessionClients: {
    ofSession(tenantId: string, sessionId: string): Promise<SessionClient[]>;
    /** Those of sessions that are no more, due at `now`, the longest due first. */
    orphans(now: number, limit: number): Promise<SessionClient[]>;
  };
  devices: {
    find(tenantId: string, id: string): Promise<KnownDevice | null>;
    /** The device of that user whose browser holds the cookie; an expired one may still be there. */
    findByToken(tenantId: string, userId: string, tokenHash: string): Promise<KnownDevice | null>;
    /** The latest seen first. */
    ofUser(tenantId: string, userId: string): Promise<KnownDevice[]>;
  };
  parked: { find(keyHash: string): Promise<ParkedRequest | null> };
  codes: {
    /** The code, and whether the session that it came of has not ended. */
    find(codeHash: string): Promise<(AuthorizationCode & { hasSession: boolean }) | null>;
  };
  deviceRequests: {
    find(codeHash: string): Promise<DeviceRequest | null>;
    findByUserCode(tenantId: string, userCodeHash: string): Promise<DeviceRequest | null>;
  };
  grants: {
    find(tenantId: string, id: string): Promise<Grant | null>;
    ofUser(tenantId: string, userId: string): Promise<Grant[]>;
    /** Clients and users with a grant of the app that is good at `now`. */
    countOfApp(tenantId: string, appId: string, now: number): Promise<{ clients: number; users: number }>;
  };
  refreshTokens: {
    /** The token and its grant, unless that is revoked. */
    find(tokenHash: string): Promise<(RefreshToken & { grant: Grant }) | null>;
  };
  accessTokens: { find(tokenHash: string): Promise<AccessToken | null> };
  consents: {
    find(tenantId: string, userId: string, appId: string, clientId: string): Promise<Consent | null>;
    ofUser(tenantId: string, userId: string): Promise<Consent[]>;
  };
  attempts: { find(key: AttemptKey): Promise<Attempts | null> };
  nodes: {
    /** Processes that said something after `seenAfter`. */
    list(seenAfter: number): Promise<NodeBeat[]>;
  };
  signals: {
    /** Signals after sequence number `after`, oldest first; never skips one that commits later. */
    since(after: number): Promise<{ sequence: number; signals: Signal[] }>;
    /** Every `grant`, `token` and `limited` signal that still matters at `now`, and the sequence number to go on from. */
    alive(now: number): Promise<{ sequence: number; signals: Signal[] }>;
  };
}

export interface AttemptKey {
  tenantId: string;
  loginKey: string;
  /** An IPv4 address, an IPv6 /64, or `*` for all sources together. */
  source: string;
}

/** The failed attempts of one account from one source. */
export interface Attempts extends AttemptKey {
  failures: number;
  /** Attempts being checked now; void when `pendingAt` is older than the lease. */
  pending: number;
  pendingAt: number;
  slowedUntil: number;
  /** Last successful sign-in from here; 0 for never. */
  succeededAt: number;
}

/** One grouped transaction: what it wrote is durable when the promise of `Store.write` resolves. */
export interface Writer extends Reader {
  logins: Reader['logins'] & {
    insert(login: LoginTransaction): Promise<void>;
    /** Replaces state and user if `version` is still the stored one. */
    advance(login: LoginTransaction): Promise<boolean>;
    /** Ends the transaction; true for the one caller that ended it. */
    consume(idHash: string): Promise<boolean>;
  };
  factors: {
    /** Accepts a TOTP step once: true if `step` is later than the last one accepted. */
    useStep(tenantId: string, factorId: string, step: number): Promise<boolean>;
  };
  sessions: Reader['sessions'] & {
    insert(session: Session): Promise<void>;
    touch(tenantId: string, id: string, lastSeenAt: number): Promise<void>;
    /** Writes new handles, `amr` and `authTime` of a session that proved more; false when it is gone. */
    raise(session: Session): Promise<boolean>;
    remove(tenantId: string, id: string): Promise<boolean>;
    removeOfUser(tenantId: string, userId: string, exceptId?: string): Promise<number>;
  };
  sessionClients: Reader['sessionClients'] & {
    /** Writes the client down, unless it is there already. */
    add(client: SessionClient): Promise<void>;
    /** Counts an attempt and keeps others away until `dueAt`; true for the one caller that did. */
    claim(client: SessionClient, dueAt: number): Promise<boolean>;
    remove(client: SessionClient): Promise<void>;
  };
  devices: Reader['devices'] & {
    /** Keeps the device in place of whatever the user's browser had under the same cookie. */
    save(device: KnownDevice): Promise<void>;
    /** Gives every user of the browser its new cookie. */
    rename(tenantId: string, tokenHash: string, next: string): Promise<void>;
    seen(tenantId: string, id: string, at: number): Promise<void>;
    remove(tenantId: string, id: string): Promise<boolean>;
    removeOfUser(tenantId: string, userId: string): Promise<number>;
  };
  parked: Reader['parked'] & {
    insert(request: ParkedRequest): Promise<void>;
    /** Takes the request away; true for the one caller that took it. */
    consume(keyHash: string): Promise<boolean>;
  };
  codes: Reader['codes'] & {
    insert(code: AuthorizationCode): Promise<void>;
    /**
     * Marks the code as redeemed at `at`; true for the one caller that did. Not for a code that was read as redeemed: a
     * false that nobody expected lets all who share the transaction start again.
     */
    redeem(codeHash: string, at: number): Promise<boolean>;
  };
  deviceRequests: Reader['deviceRequests'] & {
    /** Throws {@link UniqueViolation} when the user code is taken. */
    insert(request: DeviceRequest): Promise<void>;
    /** Keeps an unanswered request for the session; false when another session has it. */
    bind(codeHash: string, sessionId: string, userId: string): Promise<boolean>;
    /** The answer of the session that has the request; true for the one caller that gave it. */
    decide(
      codeHash: string,
      sessionId: string,
      decision: Pick<DeviceRequest, 'scope' | 'authTime' | 'amr' | 'source'> & {
        state: 'approved' | 'denied';
      },
    ): Promise<boolean>;
    /** Writes down that the device asked, and how long it must wait from now on. */
    poll(codeHash: string, at: number, intervalSeconds: number): Promise<void>;
    /** Marks an approved request as redeemed; true for the one caller that did. */
    redeem(codeHash: string, at: number): Promise<boolean>;
  };
  grants: Reader['grants'] & {
    insert(grant: Grant): Promise<void>;
    /**
     * Revokes the grant, its refresh tokens and its opaque access tokens; true for the first caller. Also marks
     * a grant id whose code is redeemed but whose row never came to be.
     */
    revoke(tenantId: string, id: string, at: number): Promise<boolean>;
    /** Ids of live grants of the session whose scope lacks `offline_access`: of its user, since it began. */
    ofSession(session: Session, now: number): Promise<string[]>;
    /** Lets the session's live grants go on without it; answers the ids of their apps. */
    detach(session: Session, now: number): Promise<string[]>;
  };
  refreshTokens: Reader['refreshTokens'] & {
    insert(token: RefreshToken): Promise<void>;
    /** Marks the token as replaced; true for the one caller that did. Not for one that was read as replaced, as for codes. */
    replace(tokenHash: string, at: number): Promise<boolean>;
    revoke(tokenHash: string): Promise<boolean>;
  };
  accessTokens: Reader['accessTokens'] & {
    insert(token: AccessToken): Promise<void>;
    revoke(tokenHash: string, at: number): Promise<boolean>;
    /** Revokes every token that came of the session, whatever its scope. */
    revokeOfSession(tenantId: string, sessionId: string, at: number): Promise<void>;
  };
  consents: Reader['consents'] & {
    upsert(consent: Consent): Promise<void>;
    remove(tenantId: string, userId: string, appId: string, clientId: string): Promise<boolean>;
  };
  attempts: Reader['attempts'] & {
    /** The row of `key`, made if absent and locked until the end of the transaction. */
    lock(key: AttemptKey): Promise<Attempts>;
    save(attempts: Attempts): Promise<void>;
    /** Forgets the failures of an account over every source. */
    clear(tenantId: string, loginKey: string): Promise<void>;
  };
  nodes: Reader['nodes'] & {
    beat(node: NodeBeat): Promise<void>;
    remove(id: string): Promise<void>;
  };
  rates: {
    /** Adds to the count under `key`, which is kept until `expiresAt`; answers the sum. */
    add(key: string, count: number, expiresAt: number): Promise<number>;
  };
  spentIds: {
    /** Writes the id down until it expires; true for the one caller that came first. */
    spend(id: SpentId): Promise<boolean>;
  };
  events: Reader['events'] & { append(event: AuditEvent): Promise<void> };
  signals: Reader['signals'] & { append(signal: Signal): Promise<void> };
}

/** Administrative writes. Only `admin/change-log.ts` is given one. */
export interface AdminWriter extends Writer {
  admin: {
    insertTenant(tenant: Tenant): Promise<void>;
    updateTenant(tenant: Tenant): Promise<void>;
    insertUser(user: User): Promise<void>;
    /** Writes `user` if the stored version is `user.version - 1`. */
    updateUser(user: User): Promise<boolean>;
    /** Removes the user with factors, memberships, sessions, grants and tokens. */
    deleteUser(tenantId: string, id: string): Promise<void>;
    insertFactor(factor: Factor): Promise<void>;
    deleteFactor(tenantId: string, id: string): Promise<void>;
    insertRole(role: Role): Promise<void>;
    updateRole(role: Role): Promise<boolean>;
    deleteRole(tenantId: string, id: string): Promise<void>;
    /** Adds a member; false if it was one. */
    addMember(tenantId: string, roleId: string, userId: string): Promise<boolean>;
    removeMember(tenantId: string, roleId: string, userId: string): Promise<boolean>;
    insertApp(app: App): Promise<void>;
    updateApp(app: App): Promise<boolean>;
    /** Removes the app with its codes, grants, tokens and consents. */
    deleteApp(tenantId: string, id: string): Promise<void>;
    /** Writes the picture that the app shows from now on, or takes it away. */
    putLogo(app: App, png: string | null): Promise<void>;
    insertClient(client: RegisteredClient): Promise<void>;
    updateClient(client: RegisteredClient): Promise<boolean>;
    deleteClient(tenantId: string, id: string): Promise<void>;
    insertRegistrationToken(token: RegistrationToken): Promise<void>;
    deleteRegistrationToken(tenantId: string, id: string): Promise<void>;
    insertKey(key: SigningKey): Promise<void>;
    updateKey(key: SigningKey): Promise<void>;
    deleteKey(tenantId: string, kid: string): Promise<void>;
    insertRecording(recording: Recording): Promise<void>;
    updateRecording(recording: Recording): Promise<void>;
    /** Removes the recording with its flows. */
    deleteRecording(tenantId: string, id: string): Promise<void>;
    appendChange(change: Change): Promise<void>;
    /** Waits for every other administrative transaction to end: rules over many rows may then be checked. */
    serialize(): Promise<void>;
  };
}

/** Rings when signals were sent: a reason to look at once, never a reason not to look. */
export interface SignalBell {
  /** Calls `listener` soon after each commit that sent signals, and when some may have gone unheard. */
  onRing(listener: () => void): void;
}

/** The database, open. */
export interface Store {
  readonly read: Reader;
  readonly bell: SignalBell;
  /**
   * Runs `job` in a transaction shared with the other jobs that wait, and resolves once it is durable. The job may
   * run twice (a neighbour failed, the database chose a victim), so it must touch nothing but `tx`. What it throws
   * rolls back its own writes alone. While `meanwhile` is under way nobody hurries for the job: it rides along with the
   * next transaction, and is dropped when `meanwhile` fails first.
   */
  write<T>(job: (tx: Writer) => Promise<T>, meanwhile?: Promise<unknown>): Promise<T>;
}

/** The same, for administrative changes. */
export interface AdminStore {
  change<T>(job: (tx: AdminWriter) => Promise<T>): Promise<T>;
}

/** A unique column already holds the value. */
export class UniqueViolation extends Error {}

/** The database is away or overloaded: answer 503. */
export class StoreUnavailable extends Error {}
