/**
 * The views a query may read: the tenant's own objects, through the operations of core's administration, and so with
 * the caller's rights. None of them can write.
 */
import type { App, AuditEvent, AuditType, Role, UserSummary } from '@sallyport/contract';
import { AUDIT_TYPES, DENIALS } from '@sallyport/contract';
import { AdminError } from '../../../core/errors.js';
import { appRow } from '../app-document.js';
import { pagesOf } from '../paging.js';
import type { Rpc } from '../rpc.js';
import type { ViewRow } from './expressions.js';
import type { Hints } from './hints.js';

export type Source = Pick<Rpc, 'core' | 'tenant' | 'by'>;

export interface View {
  name: string;
  columns: readonly string[];
  /** The column that orders it in time, newest first, if one does. */
  instant: string | null;
  /** Page after page; `hints` may narrow what is read, but every row that matters must come. */
  rows(source: Source, hints: Hints): AsyncIterable<ViewRow[]>;
}

const DIRECTORY = 'Sallyport Directory';

/** What `search` can look for: the value of the first of these columns that the condition fixes. */
function searchOf({ equals, contains }: Hints, columns: readonly string[]): { search?: string } {
  for (const column of columns) {
    const search = equals.get(column) ?? contains.get(column);
    if (search) return { search };
  }
  return {};
}

/** Pages of one object, or none when it does not exist. */
async function* oneOrNone<T>(get: () => Promise<T>): AsyncGenerator<T[]> {
  try {
    yield [await get()];
  } catch (error) {
    if (!(error instanceof AdminError) || error.code !== 'not_found') throw error;
  }
}

async function* mapped<T>(pages: AsyncIterable<T[]>, toRow: (item: T) => ViewRow): AsyncGenerator<ViewRow[]> {
  for await (const page of pages) yield page.map(toRow);
}

function users({ core, tenant, by }: Source, hints: Hints, key: string, nameColumn: string) {
  const { users: admin } = core.admin;
  const name = hints.equals.get(key) ?? hints.equals.get(nameColumn);
  if (name !== undefined) return oneOrNone<UserSummary>(() => admin.get(tenant, by, name));
  const search = searchOf(hints, [nameColumn, 'displayname', 'email']);
  return pagesOf((page) => admin.page(tenant, by, { ...page, ...search }));
}

function userRow(user: UserSummary, { tenant }: Source): ViewRow {
  return {
    ID: user.id,
    Username: user.loginName,
    DisplayName: user.displayName,
    Email: user.email,
    MobileNumber: user.profile.phoneNumber ?? null,
    Description: user.description,
    LastLogin: null,
    Status: user.enabled ? 'Active' : 'Locked',
    OauthClient: user.confidentialClient,
    CreateDate: new Date(user.createdAt),
    DirectoryServiceUuid: tenant.id,
    SourceDsType: 'CDS',
  };
}

function dsUserRow(user: UserSummary): ViewRow {
  return {
    InternalName: user.id,
    SystemName: user.loginName,
    DisplayName: user.displayName,
    EMail: user.email,
    DistinguishedName: user.loginName,
    ServiceType: 'CDS',
    ServiceInstanceLocalized: DIRECTORY,
  };
}

function roleRow(role: Role, { tenant }: Source): ViewRow {
  return {
    ID: role.id,
    Name: role.name,
    Description: role.description,
    RoleType: 'PrincipalList',
    ReadOnly: role.builtIn,
    DirectoryServiceUuid: tenant.id,
  };
}

function roles({ core, tenant, by }: Source, hints: Hints) {
  const { roles: admin } = core.admin;
  const id = hints.equals.get('id');
  if (id !== undefined) return oneOrNone<Role>(() => admin.get(tenant, by, id));
  const search = searchOf(hints, ['name', 'description']);
  return pagesOf<Role>((page) => admin.page(tenant, by, { ...page, ...search }));
}

function apps({ core, tenant, by }: Source, hints: Hints) {
  const { apps: admin } = core.admin;
  const applicationId = hints.equals.get('servicename');
  if (applicationId !== undefined) return oneOrNone<App>(() => admin.get(tenant, by, applicationId));
  const search = searchOf(hints, ['name', 'category']);
  return pagesOf((page) => admin.page(tenant, by, { ...page, ...search }));
}

/** The vendor's names of events, where it has one. */
const EVENT_TYPES: Partial<Record<AuditType, string>> = {
  'login.success': 'Cloud.Core.Login',
  'login.failure': 'Cloud.Core.LoginFail',
  logout: 'Cloud.Core.Logout',
};

function eventType(type: string): string {
  const known: Partial<Record<string, string>> = EVENT_TYPES;
  return known[type] ?? `Sallyport.${type}`;
}

function events({ core, tenant, by }: Source, { equals, from, until }: Hints) {
  const wanted = equals.get('eventtype')?.toLowerCase();
  const types =
    wanted === undefined ? undefined : AUDIT_TYPES.filter((type) => eventType(type).toLowerCase() === wanted);
  if (types?.length === 0) return none<AuditEvent>();
  return pagesOf((page) => core.admin.logs.events(tenant, by, { ...page, types, from, until }));
}

function eventRow(event: AuditEvent, { tenant }: Source): ViewRow {
  const isDenial = (DENIALS as readonly string[]).includes(event.type);
  return {
    ID: event.id,
    EventType: eventType(event.type),
    WhenOccurred: new Date(event.at),
    WhenLogged: new Date(event.at),
    NormalizedUser: event.userName,
    UserGuid: event.userId,
    FromIPAddress: event.source,
    EventMessage: event.detail,
    Level: isDenial ? 'Warning' : 'Info',
    ApplicationID: event.appId,
    ClientID: event.clientId,
    InternalTrackingID: event.correlationId,
    Tenant: tenant.code,
  };
}

async function* none<T>(): AsyncGenerator<T[]> {}

function empty(name: string, columns: readonly string[]): View {
  return { name, columns, instant: null, rows: none };
}

export const VIEWS: readonly View[] = [
  {
    name: 'User',
    columns: [
      ...['ID', 'Username', 'DisplayName', 'Email', 'MobileNumber', 'Description', 'LastLogin', 'Status'],
      ...['OauthClient', 'CreateDate', 'DirectoryServiceUuid', 'SourceDsType'],
    ],
    instant: null,
    rows: (source, hints) => mapped(users(source, hints, 'id', 'username'), (user) => userRow(user, source)),
  },
  {
    name: 'DsUsers',
    columns: [
      ...['InternalName', 'SystemName', 'DisplayName', 'EMail', 'DistinguishedName', 'ServiceType'],
      'ServiceInstanceLocalized',
    ],
    instant: null,
    rows: (source, hints) => mapped(users(source, hints, 'internalname', 'systemname'), dsUserRow),
  },
  empty('DsGroups', ['InternalName', 'SystemName', 'DisplayName']),
  {
    name: 'Role',
    columns: ['ID', 'Name', 'Description', 'RoleType', 'ReadOnly', 'DirectoryServiceUuid'],
    instant: null,
    rows: (source, hints) => mapped(roles(source, hints), (role) => roleRow(role, source)),
  },
  {
    name: 'Application',
    columns: [
      ...['ID', 'Name', 'DisplayName', 'Description', 'ServiceName', 'Category', 'TemplateName', 'AppType'],
      ...['AppTypeDisplayName', 'WebAppType', 'WebAppTypeDisplayName', 'State', 'Generic'],
    ],
    instant: null,
    rows: (source, hints) => mapped(apps(source, hints), appRow),
  },
  {
    name: 'Event',
    columns: [
      ...['ID', 'EventType', 'WhenOccurred', 'WhenLogged', 'NormalizedUser', 'UserGuid', 'FromIPAddress'],
      ...['EventMessage', 'Level', 'ApplicationID', 'ClientID', 'InternalTrackingID', 'Tenant'],
    ],
    instant: 'whenoccurred',
    rows: (source, hints) => mapped(events(source, hints), (event) => eventRow(event, source)),
  },
  empty('proxy', ['ID', 'MachineName']),
];
