import type { Translate } from '../../i18n/i18n.js';

/** Fields of all but apps, by their key in the catalogue: it cannot hold dots. */
const KEY = {
  alg: 'alg',
  code: 'code',
  confidentialClient: 'confidentialClient',
  description: 'description',
  displayName: 'displayName',
  email: 'email',
  enabled: 'enabled',
  endsAt: 'endsAt',
  expiresAt: 'expiresAt',
  factors: 'factors',
  lock: 'lock',
  loginName: 'loginName',
  loginSuffixes: 'loginSuffixes',
  members: 'members',
  mustChangePassword: 'mustChangePassword',
  name: 'name',
  password: 'password',
  permissions: 'permissions',
  retireAt: 'retireAt',
  rights: 'rights',
  sessions: 'sessions',
  'sessions.absolute': 'absolute',
  'sessions.idle': 'idle',
  state: 'state',
  validAfter: 'validAfter',
  'authentication.profiles': 'authProfiles',
  'authentication.rules': 'authRules',
  devices: 'devices',
  emailVerified: 'emailVerified',
  invitation: 'invitation',
  kind: 'kind',
  registeredBy: 'registeredBy',
  secret: 'secret',
  token: 'token',
  'passwords.expireAfter': 'expireAfter',
  'passwords.remembered': 'remembered',
} as const;

function isKnown(field: string): field is keyof typeof KEY {
  return field in KEY;
}

/** A field in words; its own name when it has none here. */
export function fieldWords(field: string, t: Translate): string {
  return isKnown(field) ? t(`changelog.field.${KEY[field]}`) : field;
}
