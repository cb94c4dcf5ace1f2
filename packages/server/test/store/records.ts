/** One record of every kind, of one tenant, and a store of one's own to keep them in. */
import { AppSettings } from '@sallyport/contract';
import { afterAll, beforeAll } from 'vitest';
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
  ParkedRequest,
  RefreshToken,
  Role,
  Session,
  SessionClient,
  Signal,
  SigningKey,
  Tenant,
  User,
} from '../../src/core/model.js';
import type { AdminWriter } from '../../src/core/ports.js';
import { type OpenStore, openStore } from '../../src/store/open.js';
import type { TestDatabase } from '../support/databases.js';

/** The instant the tests live in. */
export const NOW = 1_800_000_000_000;
export const HOUR = 3_600_000;

/** Records of the tenant `tenantId`; ids repeat from tenant to tenant, hashes do not. */
export function recordsOf(tenantId: string) {
  const hash = (what: string) => `${tenantId}-${what}-hash`;
  const base = { tenantId, createdAt: NOW, expiresAt: NOW + HOUR };
  const who = { appId: 'app', clientId: 'client', userId: 'ada', scope: 'openid', authTime: NOW - 5 };
  return {
    tenant: (over: Partial<Tenant> = {}): Tenant => ({
      id: tenantId,
      code: tenantId.toUpperCase(),
      name: `Tenant ${tenantId}`,
      loginSuffixes: ['acme.test', 'acme.example'],
      sessions: { idle: 60, absolute: 600 },
      authentication: { profiles: [], rules: [] },
      passwords: { expireAfter: 0, remembered: 0 },
      version: 1,
      ...over,
    }),
    user: (over: Partial<User> = {}): User => ({
      tenantId,
      id: 'ada',
      loginName: 'Ada@acme.test',
      loginKey: 'ada@acme.test',
      email: 'ada@acme.test',
      emailVerified: true,
      displayName: 'Ada Lovelace',
      description: '',
      profile: { givenName: 'Ada', address: { country: 'UK' } },
      jwks: [],
      confidentialClient: false,
      enabled: true,
      passwordHash: 'argon2id-of-something',
      mustChangePassword: false,
      passwordChangedAt: NOW,
      passwordHistory: ['argon2id-of-another-thing'],
      validAfter: 0,
      createdAt: NOW,
      updatedAt: NOW,
      version: 1,
      ...over,
    }),
    factor: (over: Partial<Factor> = {}): Factor => ({
      tenantId,
      id: 'factor',
      userId: 'ada',
      mechanism: 'OATH',
      sealed: 'sealed-seed',
      lastStep: 0,
      createdAt: NOW,
      ...over,
    }),
    role: (over: Partial<Role> = {}): Role => ({
      tenantId,
      id: 'role',
      name: 'Developers',
      description: '',
      rights: ['User Management'],
      builtIn: false,
      version: 1,
      ...over,
    }),
    app: (over: Partial<App> = {}): App => ({
      tenantId,
      id: 'app',
      applicationId: 'MyApplication',
      template: 'OAuth2Client',
      name: 'My application',
      description: '',
      category: 'Other',
      enabled: true,
      settings: AppSettings.parse({}),
      roleIds: ['role'],
      logo: null,
      createdAt: NOW,
      updatedAt: NOW,
      version: 1,
      ...over,
    }),
    key: (over: Partial<SigningKey> = {}): SigningKey => ({
      tenantId,
      kid: 'kid',
      alg: 'RS256',
      publicJwk: '{"kty":"RSA"}',
      sealedPrivateKey: 'sealed-key',
      state: 'active',
      createdAt: NOW,
      retireAt: null,
      ...over,
    }),
    login: (over: Partial<LoginTransaction> = {}): LoginTransaction => ({
      ...base,
      idHash: hash('login'),
      userId: null,
      loginKey: 'ada@acme.test',
      state: '{"left":["UP"]}',
      source: '192.0.2.1',
      version: 1,
      ...over,
    }),
    session: (over: Partial<Session> = {}): Session => ({
      ...base,
      id: 'session',
      cookieHash: hash('cookie'),
      handleHash: hash('handle'),
      userId: 'ada',
      authTime: NOW,
      amr: 'UP OATH',
      source: '192.0.2.1',
      userAgent: 'a browser',
      lastSeenAt: NOW,
      ...over,
    }),
    device: (over: Partial<KnownDevice> = {}): KnownDevice => ({
      ...base,
      id: 'device',
      userId: 'ada',
      tokenHash: hash('device'),
      source: '192.0.2.1',
      userAgent: 'a browser',
      lastSeenAt: NOW,
      ...over,
    }),
    sessionClient: (over: Partial<SessionClient> = {}): SessionClient => ({
      ...{ tenantId, sessionId: 'session', appId: 'app', clientId: 'client', userId: 'ada' },
      ...{ attempts: 0, dueAt: NOW },
      ...over,
    }),
    parked: (over: Partial<ParkedRequest> = {}): ParkedRequest => ({
      ...base,
      keyHash: hash('parked'),
      appId: 'app',
      request: '{"scope":"openid"}',
      ...over,
    }),
    code: (over: Partial<AuthorizationCode> = {}): AuthorizationCode => ({
      ...base,
      ...who,
      codeHash: hash('code'),
      grantId: 'grant',
      sessionId: 'session',
      redirectUri: 'https://rp.test/cb',
      nonce: null,
      claims: null,
      resource: null,
      jkt: null,
      codeChallenge: 'challenge',
      amr: 'UP OATH',
      source: '192.0.2.1',
      redeemedAt: null,
      ...over,
    }),
    deviceRequest: (over: Partial<DeviceRequest> = {}): DeviceRequest => ({
      ...base,
      codeHash: hash('device'),
      userCodeHash: hash('user code'),
      grantId: 'grant',
      appId: 'app',
      clientId: 'client',
      scope: 'openid',
      resource: null,
      askedFrom: '192.0.2.9',
      state: 'pending',
      sessionId: null,
      userId: null,
      authTime: 0,
      amr: '',
      source: '',
      intervalSeconds: 5,
      polledAt: 0,
      redeemedAt: null,
      ...over,
    }),
    grant: (over: Partial<Grant> = {}): Grant => ({
      ...base,
      ...who,
      id: 'grant',
      sessionId: 'session',
      claims: null,
      resource: null,
      jkt: 'thumbprint',
      amr: 'UP OATH',
      source: '192.0.2.1',
      revokedAt: null,
      ...over,
    }),
    refreshToken: (over: Partial<RefreshToken> = {}): RefreshToken => ({
      ...base,
      tokenHash: hash('refresh'),
      grantId: 'grant',
      replacedAt: null,
      ...over,
    }),
    accessToken: (over: Partial<AccessToken> = {}): AccessToken => ({
      ...base,
      ...who,
      tokenHash: hash('access'),
      grantId: 'grant',
      sessionId: null,
      audience: 'https://api.test',
      jkt: null,
      act: '{"sub":"grace"}',
      revokedAt: null,
      ...over,
    }),
    consent: (over: Partial<Consent> = {}): Consent => ({
      tenantId,
      userId: 'ada',
      appId: 'app',
      clientId: 'client',
      scope: 'openid profile',
      grantedAt: NOW,
      ...over,
    }),
    change: (over: Partial<Change> = {}): Change => ({
      tenantId,
      id: 'change',
      at: NOW,
      actorId: null,
      actor: 'local:root',
      source: 'local',
      object: 'apps/app',
      appId: 'app',
      name: 'My application',
      action: 'update',
      fields: [{ field: 'name', old: 'Mine', new: 'My application' }],
      ...over,
    }),
    event: (over: Partial<AuditEvent> = {}): AuditEvent => ({
      tenantId,
      id: 'event',
      at: NOW,
      type: 'login.success',
      userId: 'ada',
      userName: 'Ada@acme.test',
      appId: null,
      clientId: null,
      source: '192.0.2.1',
      correlationId: 'correlation',
      detail: 'password met',
      ...over,
    }),
    signal: (over: Partial<Signal> = {}): Signal => ({
      tenantId,
      kind: 'grant',
      subject: 'grant',
      expiresAt: NOW + HOUR,
      ...over,
    }),
  };
}

/** Writes a tenant with a user, a role that lists the user, and an app open to that role. */
export async function insertDirectory(tx: AdminWriter, tenantId: string): Promise<void> {
  const made = recordsOf(tenantId);
  await tx.admin.insertTenant(made.tenant());
  await tx.admin.insertUser(made.user());
  await tx.admin.insertRole(made.role());
  await tx.admin.addMember(tenantId, 'role', 'ada');
  await tx.admin.insertApp(made.app());
}

/** An open store on an empty database for one group of tests, with the directory of tenant `t1`. */
export function useStore(database: TestDatabase): {
  readonly opened: OpenStore;
  readonly url: string;
  /** Another store on the same database, as another process would open it. */
  openAnother(): Promise<OpenStore>;
} {
  let state: { opened: OpenStore; url: string; drop(): Promise<void> } | undefined;
  const others: OpenStore[] = [];
  const current = () => {
    if (!state) throw new Error('the store opens in beforeAll');
    return state;
  };
  const open = (url: string) => openStore({ url, clock: { now: () => NOW } });
  beforeAll(async () => {
    const { url, drop } = await database.open();
    const opened = await open(url);
    state = { opened, url, drop };
    await opened.adminStore.change((tx) => insertDirectory(tx, 't1'));
  });
  afterAll(async () => {
    for (const other of others) await other.close();
    await state?.opened.close();
    await state?.drop();
  });
  return {
    get opened() {
      return current().opened;
    },
    get url() {
      return current().url;
    },
    openAnother: async () => {
      const other = await open(current().url);
      others.push(other);
      return other;
    },
  };
}
