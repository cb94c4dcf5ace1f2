import type { App, RegisteredClient, RegistrationToken, Role, SigningKey, Tenant, User } from '../model.js';
import type { Recording } from '../traffic/port.js';

/** A value that is compared but never shown. */
export class SecretValue {
  constructor(readonly text: string | null) {}
}

/** How one kind of object appears in the change log: its path, its name, its fields flat and by name. */
export interface Described {
  object: string;
  name: string;
  id: string;
  /** The app that it is, or belongs to. */
  appId?: string;
  fields: Record<string, unknown>;
}

/** The kinds of object whose changes are recorded, by the word their signals carry. */
export interface RecordedObjects {
  tenant: Tenant;
  user: User;
  role: Role;
  app: App;
  client: { app: App; client: RegisteredClient };
  registration: { app: App; token: RegistrationToken };
  keys: SigningKey;
  recordings: Recording;
}

const DESCRIBE: { [Kind in keyof RecordedObjects]: (object: RecordedObjects[Kind]) => Described } = {
  tenant: ({ id, code, name, loginSuffixes, sessions, passwords, authentication }) => ({
    object: 'tenant',
    name,
    id,
    fields: {
      code,
      name,
      loginSuffixes,
      'sessions.idle': sessions.idle,
      'sessions.absolute': sessions.absolute,
      'passwords.expireAfter': passwords.expireAfter,
      'passwords.remembered': passwords.remembered,
      'authentication.profiles': authentication.profiles,
      'authentication.rules': authentication.rules,
    },
  }),
  user: (user) => ({
    object: `users/${user.id}`,
    name: user.loginName,
    id: user.id,
    fields: {
      loginName: user.loginName,
      email: user.email,
      emailVerified: user.emailVerified,
      displayName: user.displayName,
      description: user.description,
      enabled: user.enabled,
      confidentialClient: user.confidentialClient,
      profile: user.profile,
      jwks: user.jwks,
      mustChangePassword: user.mustChangePassword,
      password: new SecretValue(user.passwordHash),
      validAfter: user.validAfter,
    },
  }),
  role: ({ id, name, description, rights }) => ({
    object: `roles/${id}`,
    name,
    id,
    fields: { name, description, rights: [...rights].sort() },
  }),
  app: (app) => ({
    object: `apps/${app.applicationId}`,
    name: app.name,
    id: app.id,
    appId: app.id,
    fields: {
      applicationId: app.applicationId,
      template: app.template,
      name: app.name,
      description: app.description,
      category: app.category,
      enabled: app.enabled,
      'userAccess.roles': [...app.roleIds].sort(),
      ...(app.logo !== null && { logo: app.logo }),
      ...flat('', app.settings),
    },
  }),
  client: ({ app, client }) => ({
    object: `apps/${app.applicationId}/clients/${client.id}`,
    name: client.name || client.id,
    id: client.id,
    appId: app.id,
    fields: {
      registeredBy: client.registeredBy,
      secret: new SecretValue(client.secretDigest),
      ...client.metadata,
    },
  }),
  registration: ({ app, token }) => ({
    object: `apps/${app.applicationId}/registration-tokens/${token.id}`,
    name: token.name,
    id: token.id,
    appId: app.id,
    fields: {
      name: token.name,
      expiresAt: new Date(token.expiresAt).toISOString(),
      token: new SecretValue(token.tokenHash),
    },
  }),
  keys: ({ kid, alg, state, retireAt }) => ({
    object: `keys/${kid}`,
    name: kid,
    id: kid,
    fields: { alg, state, retireAt },
  }),
  recordings: ({ id, kind, name, endsAt, expiresAt }) => ({
    object: `recordings/${id}`,
    name: `${kind} ${name}`,
    id,
    fields: { kind, name, endsAt: instant(endsAt), expiresAt: instant(expiresAt) },
  }),
};

/** The object as the change log shows it. */
export function describe<Kind extends keyof RecordedObjects>(
  kind: Kind,
  object: RecordedObjects[Kind],
): Described {
  return DESCRIBE[kind](object);
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** `{tokens: {lifetime}}` as `tokens.lifetime`; lists stay whole. */
function flat(prefix: string, value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
      part !== null && typeof part === 'object' && !Array.isArray(part)
        ? Object.entries(flat(`${prefix}${key}.`, part))
        : [[`${prefix}${key}`, part]],
    ),
  );
}
