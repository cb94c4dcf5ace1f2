/**
 * Everything Sallyport decides, assembled from its ports in one readable order. `compose.ts` opens the ports;
 * `http/` and `cli/` call what stands here.
 */
import type { Clock } from '../kit/clock.js';
import type { Metrics } from '../kit/metrics.js';
import type { Passwords } from '../kit/passwords.js';
import type { Vault } from '../kit/vault.js';
import { type Accounts, createAccounts } from './admin/accounts.js';
import { type AppAdmin, createAppAdmin } from './admin/apps.js';
import { type AuthenticationAdmin, createAuthenticationAdmin } from './admin/authentication.js';
import { type ChangeLog, createChangeLog } from './admin/change-log.js';
import { createDeclarations, type Declarations } from './admin/declaration.js';
import { createDeviceAdmin, type DeviceAdmin } from './admin/devices.js';
import { createInvitations, type Invitations } from './admin/invitations.js';
import { createKeyAdmin, type KeyAdmin } from './admin/keys.js';
import { createLogoAdmin, type LogoAdmin } from './admin/logos.js';
import { createLogAdmin, type LogAdmin } from './admin/logs.js';
import { createOwnAccount, type OwnAccount } from './admin/own-account.js';
import { createOwnAddress, type OwnAddress } from './admin/own-address.js';
import { createOwnFactors, type OwnFactors } from './admin/own-factors.js';
import { createRegistrationAdmin, type RegistrationAdmin } from './admin/registrations.js';
import { createRestorer, type Restorer } from './admin/restore.js';
import { createRoleAdmin, type RoleAdmin } from './admin/roles.js';
import { createSignInAdmin, type SignInAdmin } from './admin/sign-in.js';
import { createTenantAdmin, type TenantAdmin } from './admin/tenant.js';
import { createTrafficAdmin, type TrafficAdmin } from './admin/traffic.js';
import { createUserAdmin, type UserAdmin } from './admin/users.js';
import { type Audit, createAudit } from './audit.js';
import { type Authenticate, createAuthenticate } from './authenticate.js';
import { type Directory, openDirectory } from './directory.js';
import { type Approvals, createApprovals } from './login/approvals.js';
import { type Credentials, createCredentials } from './login/credentials.js';
import { createLogin, type Login } from './login/login.js';
import { createPasskeys } from './login/passkeys.js';
import { createPlatformTokens, type PlatformTokens } from './login/platform-tokens.js';
import { createPolicy, type Policy } from './login/policy.js';
import { createSessions, type Sessions } from './login/sessions.js';
import { createLogoutNotices, type LogoutNotices } from './logout/logout-notices.js';
import type { Messenger } from './mail/messenger.js';
import { createPost } from './mail/post.js';
import { createSecurityNotices } from './mail/security-notices.js';
import { createMechanisms } from './mechanisms/index.js';
import { createNodes, type Nodes } from './nodes.js';
import { createDpop, type Dpop } from './oauth/dpop.js';
import { createOAuth, type OAuth } from './oauth/oauth.js';
import type { Outbound } from './outbound.js';
import type { AdminStore, Store } from './ports.js';
import { createRateLimits, type RateLimits } from './rate-limits.js';
import { createKeys, type Keys } from './tokens/keys.js';
import { createSubjects } from './tokens/subjects.js';
import { createTokenVerifier, type TokenVerifier } from './tokens/verify.js';
import type { TrafficStore } from './traffic/port.js';
import { openTrafficRecorder, type TrafficRecorder } from './traffic/recorder.js';
import type { Urls } from './urls.js';

/** What core needs of the outside. */
export interface Ports {
  store: Store;
  adminStore: AdminStore;
  trafficStore: TrafficStore;
  clock: Clock;
  vault: Vault;
  passwords: Passwords;
  urls: Urls;
  messenger: Messenger;
  outbound: Outbound;
  metrics: Metrics;
}

export interface Core extends Omit<Ports, 'adminStore' | 'trafficStore'> {
  directory: Directory;
  nodes: Nodes;
  traffic: TrafficRecorder;
  audit: Audit;
  rates: RateLimits;
  changeLog: ChangeLog;
  keys: Keys;
  tokens: TokenVerifier;
  credentials: Credentials;
  sessions: Sessions;
  policy: Policy;
  login: Login;
  logout: LogoutNotices;
  approvals: Approvals;
  platformTokens: PlatformTokens;
  authenticate: Authenticate;
  oauth: OAuth;
  dpop: Dpop;
  admin: {
    users: UserAdmin;
    roles: RoleAdmin;
    apps: AppAdmin;
    logos: LogoAdmin;
    registrations: RegistrationAdmin;
    tenant: TenantAdmin;
    authentication: AuthenticationAdmin;
    keys: KeyAdmin;
    logs: LogAdmin;
    restorer: Restorer;
    declarations: Declarations;
    accounts: Accounts;
    devices: DeviceAdmin;
    invitations: Invitations;
    ownAddress: OwnAddress;
    ownAccount: OwnAccount;
    ownFactors: OwnFactors;
    signIn: SignInAdmin;
    traffic: TrafficAdmin;
  };
}

export async function createCore({ adminStore, trafficStore, ...ports }: Ports): Promise<Core> {
  const { store, clock, vault } = ports;
  const directory = await openDirectory({ read: store.read, bell: store.bell, clock });
  const audit = createAudit({ store, clock, metrics: ports.metrics });
  const notices = createSecurityNotices({ read: store.read, messenger: ports.messenger });
  const changeLog = createChangeLog({ adminStore, directory, clock, notices });
  const nodes = createNodes({ store, directory, clock });
  const traffic = await openTrafficRecorder({ store: trafficStore, directory, clock });
  const rates = createRateLimits({ store, directory, clock });
  const base = { ...ports, directory, nodes, traffic, audit, rates, changeLog };

  const keys = createKeys({ read: store.read, vault, clock, directory });
  const subjects = createSubjects(base);
  const tokens = createTokenVerifier({ ...base, keys });
  const credentials = createCredentials(base);
  const logout = createLogoutNotices({ ...base, keys, subjects });
  const sessions = createSessions({ ...base, logout, notices });
  const policy = createPolicy({ read: store.read });
  const post = createPost(base);
  const login = createLogin({ ...base, credentials, sessions, policy, post, notices });
  const approvals = createApprovals(base);
  const platformTokens = createPlatformTokens({ ...base, keys, sessions });
  const dpop = createDpop(ports);
  const authenticate = createAuthenticate({ sessions, tokens, platformTokens, dpop });
  const forOAuth = { keys, tokens, dpop, credentials, policy, logout, subjects };
  const oauth = createOAuth({ ...base, ...forOAuth });

  const users = createUserAdmin({ ...base, credentials });
  const roles = createRoleAdmin(base);
  const apps = createAppAdmin(base);
  const registrations = createRegistrationAdmin(base);
  const tenant = createTenantAdmin(base);
  const authentication = createAuthenticationAdmin(base);
  const keyAdmin = createKeyAdmin(base);
  const logs = createLogAdmin(base);
  const declarations = createDeclarations({ ...base, credentials });
  const accounts = createAccounts(base);
  const devices = createDeviceAdmin(base);
  const ownAccount = createOwnAccount({ ...base, credentials, sessions });
  const ownFactors = createOwnFactors({ ...base, credentials, post });
  const mechanisms = createMechanisms({ ...base, credentials, sessions, post });
  const hasPasskeys = createPasskeys(base).areUsable;
  const trafficAdmin = createTrafficAdmin({ ...base, trafficStore });
  const signInAdmin = createSignInAdmin({ store, post, mechanisms, hasPasskeys });
  const admin = {
    ...{
      accounts,
      ownAccount,
      ownFactors,
      users,
      roles,
      apps,
      registrations,
      tenant,
      authentication,
      logs,
      declarations,
    },
    keys: keyAdmin,
    invitations: createInvitations({ changeLog, login }),
    ownAddress: createOwnAddress({ ...base, credentials, post }),
    signIn: signInAdmin,
    devices,
    traffic: trafficAdmin,
    logos: createLogoAdmin(base),
    restorer: createRestorer(base),
  };

  const signIn = { credentials, sessions, policy, login, logout, approvals, platformTokens, authenticate };
  return { ...base, keys, tokens, dpop, ...signIn, oauth, admin };
}
