/**
 * The records Sallyport keeps, as core sees them. Every instant (`…At`, `…Until`) is epoch milliseconds, every
 * `…Hash` a SHA-256 in base64url of the secret it stands for, every record belongs to the tenant `tenantId`.
 */
import type {
  AppInput,
  AppSettings,
  AuditType,
  AuthenticationProfile,
  ChangedField,
  PublicJwk,
  Right,
  SigningAlgorithm,
  UserProfile,
} from '@sallyport/contract';
import type { ClientMetadata } from './registration/client-metadata.js';

export interface Tenant {
  id: string;
  /** Short code such as `ABC1234`; the vendor's `TenantId`. */
  code: string;
  name: string;
  loginSuffixes: string[];
  /** Seconds a session may stay unused, and live in all. */
  sessions: { idle: number; absolute: number };
  authentication: TenantAuthentication;
  /** Seconds after which a password must be changed, 0 for never; how many earlier ones may not come back. */
  passwords: { expireAfter: number; remembered: number };
  version: number;
}

/** Profiles and rules, with the ids of what their names stand for: renaming a role must not loosen a rule. */
export interface TenantAuthentication {
  profiles: AuthenticationProfile[];
  rules: TenantRule[];
}

export interface TenantRule {
  roleIds: string[];
  appIds: string[];
  networks: string[];
  /** Absent in rules from before there was a choice: any. */
  device?: 'any' | 'known' | 'unknown';
  /** Name of a profile. */
  profile: string;
}

export interface User {
  tenantId: string;
  id: string;
  loginName: string;
  /** `foldLoginName(loginName)`: unique in the tenant, the only form ever compared. */
  loginKey: string;
  email: string;
  /** Whether whoever holds the account has shown that this mailbox is theirs. */
  emailVerified: boolean;
  displayName: string;
  description: string;
  /** Facts about the person for OpenID Connect. */
  profile: UserProfile;
  /** Public keys with which a confidential client signs. */
  jwks: PublicJwk[];
  confidentialClient: boolean;
  enabled: boolean;
  /** argon2id, or `digest:` and a keyed digest for a secret that Sallyport generated; null without a password. */
  passwordHash: string | null;
  mustChangePassword: boolean;
  /** 0 for a password from before this was written down. */
  passwordChangedAt: number;
  /** Hashes of earlier passwords, the latest first. */
  passwordHistory: string[];
  /** Tokens and sessions from before this instant are void (password changed, signed out everywhere). */
  validAfter: number;
  createdAt: number;
  updatedAt: number;
  version: number;
}

/** A second factor of a user: one row per mechanism and credential. */
export interface Factor {
  tenantId: string;
  id: string;
  userId: string;
  /** The mechanism's name on the wire, such as `OATH`. */
  mechanism: string;
  /** The credential, sealed by the vault under context `factor:{id}`. */
  sealed: string;
  /** The last TOTP step accepted, so that a code works once. @see RFC 6238 section 5.2 */
  lastStep: number;
  createdAt: number;
}

export interface Role {
  tenantId: string;
  id: string;
  name: string;
  description: string;
  rights: Right[];
  builtIn: boolean;
  version: number;
}

export interface App {
  tenantId: string;
  id: string;
  applicationId: string;
  template: AppInput['template'];
  name: string;
  description: string;
  category: string;
  enabled: boolean;
  settings: AppSettings;
  /** Ids of the roles of User Access. */
  roleIds: string[];
  /** Digest of the picture that the app shows. */
  logo: string | null;
  createdAt: number;
  updatedAt: number;
  version: number;
}

export interface SigningKey {
  tenantId: string;
  kid: string;
  alg: SigningAlgorithm;
  /** Public JWK, as JSON. */
  publicJwk: string;
  /** PKCS#8 PEM, sealed by the vault under context `key:{kid}`. */
  sealedPrivateKey: string;
  /** `next` is published and does not sign yet; `retired` only verifies, until `retireAt`. */
  state: 'next' | 'active' | 'retired';
  createdAt: number;
  /** When a retired key leaves the key set. */
  retireAt: number | null;
}

/** One run of StartAuthentication and its AdvanceAuthentication calls. */
export interface LoginTransaction {
  tenantId: string;
  idHash: string;
  /** Null for an unknown name: the dance is the same, and never succeeds. */
  userId: string | null;
  loginKey: string;
  /** What is still to be met, as JSON of core/login. */
  state: string;
  source: string;
  version: number;
  createdAt: number;
  expiresAt: number;
}

export interface Session {
  tenantId: string;
  id: string;
  /** Of the `.ASPXAUTH` cookie. */
  cookieHash: string;
  /** Of `Result.Auth`, the second handle of the same session. */
  handleHash: string;
  userId: string;
  /** When the user last proved who they are. */
  authTime: number;
  /** Mechanisms met, such as `UP OATH`, and the known device it began on, as `core/login/policy.ts` writes it. */
  amr: string;
  source: string;
  userAgent: string;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
}

/** A browser that a user has had remembered. */
export interface KnownDevice {
  tenantId: string;
  id: string;
  userId: string;
  /** Of the cookie that the browser keeps; several users of one browser have a row each, under the same hash. */
  tokenHash: string;
  source: string;
  userAgent: string;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
}

/** An authorization request waiting for a login or for consent; its key is the vendor's `bounce`. */
export interface ParkedRequest {
  tenantId: string;
  keyHash: string;
  appId: string;
  /** The checked request, as JSON of core/oauth, without any secret. */
  request: string;
  createdAt: number;
  expiresAt: number;
}

/** A device's request, waiting for its user. @see RFC 8628 */
export interface DeviceRequest {
  tenantId: string;
  /** Of the device code. */
  codeHash: string;
  /** Keyed digest of the code that the user types. */
  userCodeHash: string;
  /** Id that the grant will have. */
  grantId: string;
  appId: string;
  clientId: string;
  /** What is asked for, then what was allowed. */
  scope: string;
  /** As of the {@link Grant}. */
  resource: string | null;
  /** Address that the device asked from. */
  askedFrom: string;
  state: 'pending' | 'approved' | 'denied';
  /** The session that typed the code first, and alone may answer. */
  sessionId: string | null;
  userId: string | null;
  /** As of the {@link Grant}; of the session that answered. */
  authTime: number;
  amr: string;
  source: string;
  /** Seconds between two questions of the device, and when it asked last; 0 for never. */
  intervalSeconds: number;
  polledAt: number;
  createdAt: number;
  expiresAt: number;
  redeemedAt: number | null;
}

/** What a user allowed a client: the family that a code, its refresh tokens and its access tokens belong to. */
export interface Grant {
  tenantId: string;
  id: string;
  appId: string;
  clientId: string;
  userId: string;
  /** Null for the password grant. */
  sessionId: string | null;
  /** Space-separated. */
  scope: string;
  /** As of the {@link AuthorizationCode}. */
  claims: string | null;
  /** Audiences of the APIs it is for, space-separated; null for the app's own. */
  resource: string | null;
  /** Thumbprint of the key that its tokens are bound to; null for bearer tokens. @see RFC 9449 */
  jkt: string | null;
  authTime: number;
  /** Mechanisms met at the sign-in, and where it came from: rules are looked at again whenever a token is issued. */
  amr: string;
  source: string;
  createdAt: number;
  /** End of the refresh tokens' life, counted from the sign-in. */
  expiresAt: number;
  revokedAt: number | null;
}

export interface AuthorizationCode {
  tenantId: string;
  codeHash: string;
  /** Id that the grant will have. */
  grantId: string;
  appId: string;
  clientId: string;
  userId: string;
  sessionId: string;
  redirectUri: string;
  scope: string;
  nonce: string | null;
  /** Claims asked for one by one, as JSON of core/oauth. */
  claims: string | null;
  /** As of the {@link Grant}. */
  resource: string | null;
  /** As of the {@link Grant}; null where any key will do, or none. */
  jkt: string | null;
  codeChallenge: string | null;
  authTime: number;
  /** As of the {@link Grant}. */
  amr: string;
  source: string;
  createdAt: number;
  expiresAt: number;
  redeemedAt: number | null;
}

export interface RefreshToken {
  tenantId: string;
  tokenHash: string;
  grantId: string;
  createdAt: number;
  expiresAt: number;
  /** When its successor was issued; null while it is the live one. */
  replacedAt: number | null;
}

/** An opaque access token. */
export interface AccessToken {
  tenantId: string;
  tokenHash: string;
  /** Null for client credentials. */
  grantId: string | null;
  /** Null for client credentials, the password grant, and what is issued after the session ended. */
  sessionId: string | null;
  appId: string;
  clientId: string;
  userId: string;
  scope: string;
  /** The API it is for; null for this server's own, in rows from before this was written down. */
  audience: string | null;
  /** As of the {@link Grant}. */
  jkt: string | null;
  /** Who acts with it in the user's name, as JSON of core/tokens; null for the client alone. */
  act: string | null;
  authTime: number;
  createdAt: number;
  expiresAt: number;
  revokedAt: number | null;
}

export interface Consent {
  tenantId: string;
  userId: string;
  appId: string;
  clientId: string;
  /** Space-separated: the scopes allowed so far. */
  scope: string;
  grantedAt: number;
}

/** Who acts, for the change log and the audit log. */
export interface Actor {
  /** User id; null for the system and for the command line on the server's own machine. */
  userId: string | null;
  /** Login name, `local:USER`, or `system`. */
  name: string;
  /** Client address, or `local`. */
  source: string;
}

/** An entry of the change log. */
export interface Change {
  tenantId: string;
  id: string;
  at: number;
  actorId: string | null;
  actor: string;
  source: string;
  /** `users/…`, `roles/…`, `apps/…`, `keys/…` or `tenant`. */
  object: string;
  /** The app that the object is or belongs to, whatever it was called then; null for others. */
  appId: string | null;
  /** The object's name for people, at the time. */
  name: string;
  action: 'create' | 'update' | 'delete';
  fields: ChangedField[];
}

/** An entry of the audit log. */
export interface AuditEvent {
  tenantId: string;
  id: string;
  at: number;
  type: AuditType;
  userId: string | null;
  /** Login name as known or as typed, or null. */
  userName: string | null;
  appId: string | null;
  clientId: string | null;
  source: string;
  correlationId: string;
  /** Why, for the operator: which check, which rule. Never a secret. */
  detail: string;
}

/**
 * A line every node reads within 200 ms: what to forget from memory (`app`, `user`, `role`, `tenant`, `keys`,
 * `recordings`) or what to refuse from now on (`grant`, `token`: a grant id, or a JWT's `jti`, until `expiresAt`).
 */
export interface Signal {
  tenantId: string;
  kind:
    | 'app'
    | 'client'
    | 'registration'
    | 'user'
    | 'role'
    | 'tenant'
    | 'keys'
    | 'recordings'
    | 'grant'
    | 'token'
    | 'slowed'
    | 'limited';
  subject: string;
  expiresAt: number;
}

/** The id of a proof that counts once: `jti` of an assertion, with whoever made it, as a hash. */
export interface SpentId {
  tenantId: string;
  idHash: string;
  expiresAt: number;
}

/** A running process, as it last said of itself. */
export interface NodeBeat {
  id: string;
  /** Host and process id, for people. */
  name: string;
  /** The last signal it has taken up. */
  sequence: number;
  seenAt: number;
}

/** A client that took part in a session and wants to be told when the session ends. */
export interface SessionClient {
  tenantId: string;
  sessionId: string;
  appId: string;
  clientId: string;
  userId: string;
  /** Notices tried so far, and until when the last try keeps others away. */
  attempts: number;
  dueAt: number;
}

/** A client that registered itself with an app. @see RFC 7591 */
export interface RegisteredClient {
  tenantId: string;
  /** The `client_id`. */
  id: string;
  appId: string;
  /** As it calls itself; empty for none. */
  name: string;
  metadata: ClientMetadata;
  /** Keyed digest of the secret; null for a client without one. */
  secretDigest: string | null;
  /** Of the registration access token, by which it manages itself. */
  tokenHash: string;
  /** `token: ` and the name of the initial access token it came with; `open`; `document` for one that is not stored. */
  registeredBy: string;
  createdAt: number;
  updatedAt: number;
  version: number;
}

/** An initial access token: whoever bears it may register clients with the app. */
export interface RegistrationToken {
  tenantId: string;
  id: string;
  appId: string;
  name: string;
  tokenHash: string;
  createdAt: number;
  expiresAt: number;
}
