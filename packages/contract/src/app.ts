import { z } from 'zod';
import { lifetime } from './lifetime.js';
import { AUTH_METHODS, BUILT_IN_SCOPES, SIGNING_ALGORITHMS } from './oauth.js';
import { redirectUriFault } from './redirect-uri.js';
import { RoleName } from './role.js';
import { ScopeDefinition } from './scope.js';
import { line } from './text.js';
import { ClaimMappings } from './token-claims.js';

/** Builds `/oauth2/{authorize,token,…}/{applicationId}`. */
export const ApplicationId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, '1 to 64 letters, digits, dots, underscores or hyphens');

const RedirectUri = z.string().superRefine((uri, ctx) => {
  const fault = redirectUriFault(uri);
  if (fault) ctx.addIssue({ code: 'custom', message: `"${uri}": ${fault}` });
});

/** Where a client hears of the end of a session. @see Front-Channel Logout 1.0 section 2, Back-Channel Logout 1.0 section 2.2 */
const LogoutUri = z.union([z.null(), RedirectUri.refine((uri) => /^https?:/i.test(uri), 'https or http')]);

const Issuer = z.union([
  z.literal('default'),
  z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine((u) => !/[?#]/.test(u), 'no query and no fragment'),
]);

const AuthMethodWord = z.string().superRefine((word, ctx) => {
  if ((AUTH_METHODS as string[]).includes(word)) return;
  const message = `"${word}" is not one of ${AUTH_METHODS.join(', ')}`;
  ctx.addIssue({ code: 'custom', message });
});

/** What an app's tokens are for: this server's own API, or an API of the administrator's. */
export const TEMPLATES = ['OAuth2Client', 'OAuth2Server'] as const;

/** Names an API in tokens: an address without fragment, or a plain word. @see RFC 8707 section 2, RFC 9068 section 2.2 */
const Audience = z
  .string()
  .max(500)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'printable ASCII without space, quote or backslash')
  .refine((audience) => !audience.includes('#'), 'no fragment');

export const GeneralUsage = z.strictObject({
  clientIdType: z.enum(['anything', 'list', 'confidential']).default('anything'),
  allowedClients: z.array(line(254)).max(500).default([]),
  mustBeOAuthClient: z.boolean().default(true),
  admitOldClients: z.boolean().default(false),
  issuer: Issuer.default('default'),
  redirects: z.array(RedirectUri).max(200).default([]),
  requirePar: z.boolean().default(false),
  postLogoutRedirects: z.array(RedirectUri).max(200).default([]),
  registration: z.enum(['off', 'initialAccessToken', 'open']).default('off'),
  clientMetadataDocuments: z.boolean().default(false),
  subjectType: z.enum(['public', 'pairwise']).default('public'),
  frontchannelLogoutUri: LogoutUri.default(null),
  backchannelLogoutUri: LogoutUri.default(null),
  audience: Audience.nullable().default(null),
});

export const TokenSettings = z.strictObject({
  type: z.enum(['JwtRS256', 'JwtES256', 'opaque']).default('JwtRS256'),
  authMethods: z.array(AuthMethodWord).default(['authCode']),
  lifetime: lifetime('1s', '3650d').default('5h'),
  codeLifetime: lifetime('1s', '10m').default('60s'),
  userinfoSignedResponseAlg: z.enum(['none', 'RS256']).default('none'),
  issueRefreshTokens: z.boolean().default(false),
  refreshTokenLifetime: lifetime('1s', '3650d').default('365d'),
  claims: ClaimMappings.default([]),
  idTokenAlg: z.enum(SIGNING_ALGORITHMS).default('RS256'),
  requireDpop: z.boolean().default(false),
});

export const ScopeSettings = z.strictObject({
  userMustConfirm: z.boolean().default(false),
  allowScopeSelection: z.boolean().default(false),
  definitions: z
    .array(ScopeDefinition)
    .max(200)
    .default([])
    .superRefine((definitions, ctx) => {
      const seen = new Set<string>(BUILT_IN_SCOPES);
      for (const [index, { name }] of definitions.entries()) {
        if (seen.has(name))
          ctx.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: `"${name}" is defined twice or built in`,
          });
        seen.add(name);
      }
    }),
});

/** Most characters of the fields below, as JSON. */
const MOST_VENDOR_FIELDS = 32_000;

/** How deep they nest: a document without end would be one that nothing can write down. */
const DEEPEST = 20;

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((part) => isDeeper(part, depth - 1));
}

/** What the vendor's clients write and read of pages that Sallyport does not have: kept as it is, and without meaning. */
const VendorFields = z.record(z.string().max(64), z.unknown()).superRefine((fields, ctx) => {
  if (isDeeper(fields, DEEPEST)) ctx.addIssue({ code: 'custom', message: 'nests too deep' });
  else if (JSON.stringify(fields).length > MOST_VENDOR_FIELDS)
    ctx.addIssue({ code: 'custom', message: 'is too long' });
});

/** The pages of an app's configuration, less User Access: the versioned document stored with the app. */
export const AppSettings = z.strictObject({
  generalUsage: GeneralUsage.prefault({}),
  tokens: TokenSettings.prefault({}),
  scope: ScopeSettings.prefault({}),
  vendorFields: VendorFields.optional(),
});
export type AppSettings = z.infer<typeof AppSettings>;

const identity = {
  template: z.enum(TEMPLATES).default('OAuth2Client'),
  name: line(128),
  description: line(1000, 0).default(''),
  category: line(128).default('Other'),
  enabled: z.boolean().default(true),
};

/** What an administrator writes of an app: one whole document. */
export const AppInput = z
  .strictObject({
    applicationId: ApplicationId,
    ...identity,
    ...AppSettings.shape,
    userAccess: z.strictObject({ roles: z.array(RoleName).max(500).default([]) }).prefault({}),
  })
  .superRefine((app, ctx) => {
    if (app.generalUsage.clientIdType === 'list' && app.generalUsage.allowedClients.length === 0)
      ctx.addIssue({
        code: 'custom',
        path: ['generalUsage', 'allowedClients'],
        message: 'Client ID Type "list" needs at least one allowed client',
      });
    if (app.template === 'OAuth2Server') return;
    const message = 'belongs to the template OAuth2Server';
    if (app.generalUsage.audience !== null)
      ctx.addIssue({ code: 'custom', path: ['generalUsage', 'audience'], message });
    if (app.tokens.claims.length > 0) ctx.addIssue({ code: 'custom', path: ['tokens', 'claims'], message });
  });
export type AppInput = z.infer<typeof AppInput>;

/** Who would lose something with an app: whoever holds a grant of it that is good now. */
export const AppUsage = z.object({ clients: z.number().int(), users: z.number().int() });
export type AppUsage = z.infer<typeof AppUsage>;

/** An app as the API answers it. Instants are ISO 8601. */
export const App = z.object({
  id: z.string(),
  ...AppInput.shape,
  /** Address of the app's logo, a PNG; it has a resource of its own. */
  logo: z.string().nullable(),
  createdAt: z.string(),
  version: z.number().int(),
});
export type App = z.infer<typeof App>;
