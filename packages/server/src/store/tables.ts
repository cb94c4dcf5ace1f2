/**
 * The tables, one row type each: the record of core in snake_case (see rows.ts), and the columns that only serve
 * searches. The migrations say the same in SQL. Every row belongs to a tenant.
 */
import type { Generated, Kysely } from 'kysely';
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
} from '../core/model.js';
import type { Attempts } from '../core/ports.js';
import type { Flow, Recording, Step } from '../core/traffic/port.js';
import type { Row } from './rows.js';

/** What a list searches in, in lower case. */
interface Searchable {
  search_text: string;
}

/** `host` is null for a tenant that answers to every host. */
export type TenantRow = Row<Tenant> & { host: string | null; created_at: number };
export type UserRow = Row<User> & Searchable;
export type RoleRow = Row<Role> & Searchable & { name_key: string };
export type AppRow = Row<Omit<App, 'roleIds'>> &
  Searchable & {
    application_key: string;
    /** The custom issuer; null for the default one. */
    issuer: string | null;
    /** The audience of an OAuth2 Server app as it is compared. */
    audience_key: string | null;
    /** Version of the settings document. */
    settings_version: number;
  };
export type ClientRow = Row<RegisteredClient> & Searchable;
/** `login_key` is the user's own: the members of a role are listed by it. */
export interface RoleMemberRow {
  tenant_id: string;
  role_id: string;
  user_id: string;
  login_key: string;
}
export interface AppRoleRow {
  tenant_id: string;
  app_id: string;
  role_id: string;
}
/** `digest` names `png`, the picture in base64. */
export interface AppLogoRow {
  tenant_id: string;
  app_id: string;
  digest: string;
  png: string;
}
/** Without app, client and user the row is a tombstone: the grant was revoked before it came to be. */
export type GrantRow = Omit<Row<Grant>, 'app_id' | 'client_id' | 'user_id'> & {
  app_id: string | null;
  client_id: string | null;
  user_id: string | null;
};
/** `touched_at` is when the row was last written, for the sweep. */
export type AttemptsRow = Row<Attempts> & { touched_at: number };

export interface Tables {
  tenants: TenantRow;
  users: UserRow;
  factors: Row<Factor>;
  roles: RoleRow;
  role_members: RoleMemberRow;
  apps: AppRow;
  app_roles: AppRoleRow;
  app_logos: AppLogoRow;
  signing_keys: Row<SigningKey>;
  logins: Row<LoginTransaction>;
  sessions: Row<Session>;
  devices: Row<KnownDevice>;
  parked: Row<ParkedRequest>;
  codes: Row<AuthorizationCode>;
  device_requests: Row<DeviceRequest>;
  grants: GrantRow;
  refresh_tokens: Row<RefreshToken>;
  access_tokens: Row<AccessToken>;
  consents: Row<Consent>;
  attempts: AttemptsRow;
  changes: Row<Change> & Searchable;
  events: Row<AuditEvent> & Searchable;
  signals: Row<Signal> & { sequence: Generated<number> };
  nodes: Row<NodeBeat>;
  spent_ids: Row<SpentId>;
  rates: { key: string; count: number; expires_at: number };
  session_clients: Row<SessionClient>;
  recordings: Row<Recording>;
  traffic_flows: Row<Flow> & Searchable;
  traffic_steps: Row<Step>;
  traffic_links: { tenant_id: string; link: string; flow_id: string; expires_at: number };
  clients: ClientRow;
  registration_tokens: Row<RegistrationToken>;
}

/** The database, or one transaction on it. */
export type Db = Kysely<Tables>;
