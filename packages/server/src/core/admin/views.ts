/** Records as the API, the command line and the portal show them: the contract's shapes, never a secret. */
import * as contract from '@sallyport/contract';
import { deviceOf, mechanismsOf } from '../login/policy.js';
import type * as model from '../model.js';

const iso = (instant: number) => new Date(instant).toISOString();

export function userSummary(user: model.User): contract.UserSummary {
  return {
    id: user.id,
    loginName: user.loginName,
    email: user.email,
    emailVerified: user.emailVerified,
    displayName: user.displayName,
    description: user.description,
    profile: user.profile,
    enabled: user.enabled,
    confidentialClient: user.confidentialClient,
    mustChangePassword: user.mustChangePassword,
    hasPassword: user.passwordHash !== null,
    passwordChangedAt: iso(user.passwordChangedAt),
    createdAt: iso(user.createdAt),
    version: user.version,
  };
}

export function userView(
  user: model.User,
  factors: readonly model.Factor[],
  roles: readonly model.Role[],
): contract.User {
  return {
    ...userSummary(user),
    jwks: user.jwks,
    factors: [...new Set(factors.map((factor) => factor.mechanism))],
    roles: roles.map((role) => role.name),
  };
}

export function roleView({ id, name, description, rights, builtIn, version }: model.Role): contract.Role {
  return { id, name, description, rights, builtIn, version };
}

export function memberView({ id, loginName, displayName }: model.User): contract.RoleMember {
  return { id, loginName, displayName };
}

/** The document that would make the app what it is; `roles` may hold more than the app's own. */
export function appInput(app: model.App, roles: readonly model.Role[]): contract.AppInput {
  const { applicationId, template, name, description, category, enabled, settings } = app;
  const open = roles.filter((role) => app.roleIds.includes(role.id)).map((role) => role.name);
  const identity = { applicationId, template, name, description, category, enabled };
  return { ...identity, ...settings, userAccess: { roles: open } };
}

export function appView(app: model.App, roles: readonly model.Role[]): contract.App {
  const { id, createdAt, version } = app;
  return { id, ...appInput(app, roles), logo: logoUrl(app), createdAt: iso(createdAt), version };
}

/** Address of an app's logo; it changes with the picture, so that browsers may keep it for ever. */
export function logoUrl({ logo }: Pick<model.App, 'logo'>): string | null {
  return logo === null ? null : `/assets/logos/${logo}.png`;
}

export function tenantSettings({
  name,
  loginSuffixes,
  sessions,
  passwords,
}: model.Tenant): contract.TenantSettings {
  const { idle, absolute } = sessions;
  return {
    name,
    loginSuffixes,
    sessions: { idle: contract.lifetimeText(idle), absolute: contract.lifetimeText(absolute) },
    passwords: {
      expireAfter: passwords.expireAfter === 0 ? 'never' : contract.lifetimeText(passwords.expireAfter),
      remembered: passwords.remembered,
    },
  };
}

export function tenantView(tenant: model.Tenant): contract.Tenant {
  return { ...tenantSettings(tenant), code: tenant.code, version: tenant.version };
}

export function changeView(change: model.Change): contract.Change {
  const { id, at, actor, source, object, name, action, fields } = change;
  return { id, at: iso(at), actor, source, object, name, action, fields };
}

export function eventView({ tenantId: _, at, ...event }: model.AuditEvent): contract.AuditEvent {
  return { ...event, at: iso(at) };
}

export function sessionView(session: model.Session, currentId: string | null): contract.Session {
  return {
    id: session.id,
    mechanisms: mechanismsOf(session.amr.split(' ')),
    source: session.source,
    userAgent: session.userAgent,
    createdAt: iso(session.createdAt),
    lastSeenAt: iso(session.lastSeenAt),
    expiresAt: iso(session.expiresAt),
    current: session.id === currentId,
  };
}

/** `amr` is that of the session the question came by. */
export function deviceView(device: model.KnownDevice, amr: readonly string[]): contract.KnownDevice {
  const { id, source, userAgent, createdAt, lastSeenAt, expiresAt } = device;
  const instants = { createdAt: iso(createdAt), lastSeenAt: iso(lastSeenAt), expiresAt: iso(expiresAt) };
  return { id, source, userAgent, ...instants, current: deviceOf(amr) === id };
}

export function grantView(grant: model.Grant, app: model.App): contract.Grant {
  return {
    id: grant.id,
    applicationId: app.applicationId,
    appName: app.name,
    clientId: grant.clientId,
    scope: grant.scope.split(' ').filter(Boolean),
    createdAt: iso(grant.createdAt),
    expiresAt: iso(grant.expiresAt),
  };
}

export function consentView(consent: model.Consent, app: model.App): contract.Consent {
  return {
    applicationId: app.applicationId,
    appName: app.name,
    clientId: consent.clientId,
    scope: consent.scope.split(' ').filter(Boolean),
    grantedAt: iso(consent.grantedAt),
  };
}
