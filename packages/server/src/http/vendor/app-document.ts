/** An app as the vendor's document, and back: `OAuthProfile` and the merge rule of protocol section 6. */
import { type App, AppInput, type ClaimMapping, lifetimeSeconds } from '@sallyport/contract';
import { parse } from '../../core/admin/faults.js';
import { AdminError } from '../../core/errors.js';
import { type Arguments, flag, list, part, text, texts, wholeNumber } from './body.js';
import { type Row, withoutBlanks } from './envelope.js';
import { wireTemplate } from './templates.js';
import { lifetimeOfTimeSpan, timeSpan } from './time-span.js';
import { claimsOfScript, isScriptable, scriptOfClaims } from './token-script.js';

/** Auth Methods by the vendor's words. */
const AUTH_WORDS = new Map([
  ['AuthorizationCode', 'authCode'],
  ['Implicit', 'implicit'],
  ['ClientCreds', 'clientCreds'],
  ['ResourceCreds', 'resourceOwner'],
]);

/** The others stay when a vendor's document is written. */
const VENDOR_METHODS = new Set(AUTH_WORDS.values());

/** `ClientIDType`: only these two; Anything and List differ by `AllowedClients`. */
const ANYTHING_OR_LIST = 0;
const CONFIDENTIAL = 1;

/** What of an app is shown in lists. */
export function appRow(app: App): Record<string, string | boolean> {
  const { id, name, description, category, applicationId, template, enabled } = app;
  return {
    ID: id,
    Name: name,
    DisplayName: name,
    Description: description || name,
    ServiceName: applicationId,
    Category: category,
    TemplateName: wireTemplate(template),
    AppType: 'Web',
    AppTypeDisplayName: 'Web',
    WebAppType: 'OAuth',
    WebAppTypeDisplayName: 'OAuth2',
    State: enabled ? 'Active' : 'Inactive',
    Generic: true,
  };
}

/** The whole document, as `GetApplication` answers it. */
export function appDocument(app: App, publicUrl: string): Row {
  const { ID, ...row } = appRow(app);
  return withoutBlanks({
    _RowKey: ID,
    ...row,
    Description: app.description,
    DefaultAuthProfile: 'AlwaysAllowed',
    ...app.vendorFields,
    OAuthProfile: oauthProfile(app, publicUrl),
    OpenIDConnectScript: scriptOfClaims(app.tokens.claims),
  });
}

function oauthProfile({ applicationId, template, generalUsage, tokens, scope }: App, publicUrl: string): Row {
  const { clientIdType, issuer } = generalUsage;
  return withoutBlanks({
    TargetIsUs: template === 'OAuth2Client',
    ClientIDType: clientIdType === 'confidential' ? CONFIDENTIAL : ANYTHING_OR_LIST,
    AllowPublic: clientIdType !== 'confidential',
    AllowedClients: clientIdType === 'list' ? generalUsage.allowedClients : [],
    MustBeOauthClient: clientIdType === 'confidential' && generalUsage.mustBeOAuthClient,
    Issuer: issuer === 'default' ? defaultIssuer(publicUrl, applicationId) : issuer,
    Audience: generalUsage.audience,
    Redirects: generalUsage.redirects,
    TokenType: tokens.type === 'opaque' ? 'Opaque' : tokens.type,
    AllowedAuth: [...AUTH_WORDS]
      .filter(([, method]) => tokens.authMethods.includes(method))
      .map(([word]) => word)
      .join(','),
    TokenLifetimeString: timeSpan(lifetimeSeconds(tokens.lifetime)),
    AllowRefresh: tokens.issueRefreshTokens,
    RefreshLifetimeString: timeSpan(lifetimeSeconds(tokens.refreshTokenLifetime)),
    Confirm: scope.userMustConfirm,
    AllowScopeSelect: scope.allowScopeSelection,
    KnownScopes: scope.definitions.map(({ name, description, restRegex }) =>
      withoutBlanks({ Scope: name, Description: description, AllowedRest: restRegex }),
    ),
  });
}

function defaultIssuer(publicUrl: string, applicationId: string): string {
  return `${publicUrl}/${applicationId}/`;
}

/** The app's document as the call would have it. Throws `invalid`. */
export function changedApp(app: App, args: Arguments, publicUrl: string): AppInput {
  const { id: _, createdAt: __, version: ___, logo: ____, ...document } = app;
  const identity = {
    applicationId: text(args, 'ServiceName') || app.applicationId,
    name: text(args, 'Name') || app.name,
    description: text(args, 'Description') ?? app.description,
    category: text(args, 'Category') || app.category,
  };
  const profile = part(args, 'OAuthProfile');
  const pages = profile && changedPages(app, profile, [app.applicationId, identity.applicationId], publicUrl);
  const tokens = { ...app.tokens, ...pages?.tokens, claims: claims(app, args) };
  return parse(AppInput, { ...document, ...identity, ...pages, tokens, vendorFields: kept(app, args) });
}

/** Fields of pages that are not here: policy, account mapping and workflow. protocol 6 */
const KEPT = [
  ...['AuthRules', 'DefaultAuthProfile', 'UserNameStrategy', 'UserNameArg', 'UserMapScript'],
  ...['WorkflowEnabled', 'WorkflowSettings'],
];

/** Those that the call names, over those that it leaves out. */
function kept({ vendorFields }: App, args: Arguments): App['vendorFields'] {
  const named = KEPT.flatMap((name) => {
    const value = args.get(name.toLowerCase()) ?? null;
    return value === null ? [] : [[name, value]];
  });
  return named.length === 0 ? vendorFields : { ...vendorFields, ...Object.fromEntries(named) };
}

/** The claims mappings that a script stands for, under either of its names. What it has no words for stays. */
function claims({ tokens }: App, args: Arguments): ClaimMapping[] {
  const script = text(args, 'Script') || text(args, 'OpenIDConnectScript');
  if (!script) return tokens.claims;
  return [...claimsOfScript(script), ...tokens.claims.filter((claim) => !isScriptable(claim))];
}

/**
 * The pages that `OAuthProfile` holds. It is one whole: a flag or list that it leaves out is false or empty, since
 * clients leave out exactly those. What it has no word for stays.
 */
function changedPages(app: App, profile: Arguments, ids: readonly string[], publicUrl: string) {
  const { generalUsage, tokens, scope } = app;
  const issuer = text(profile, 'Issuer') || 'default';
  const isDefault = ids.some((id) => issuer.replace(/\/$/, '') === `${publicUrl}/${id}`);
  return {
    generalUsage: {
      ...generalUsage,
      ...clients(app, profile),
      issuer: isDefault ? 'default' : issuer,
      redirects: texts(profile, 'Redirects'),
      audience: text(profile, 'Audience') || null,
    },
    tokens: {
      ...tokens,
      type: tokenType(text(profile, 'TokenType')) ?? tokens.type,
      authMethods: [
        ...authMethods(text(profile, 'AllowedAuth') ?? texts(profile, 'AllowedAuth').join()),
        ...tokens.authMethods.filter((method) => !VENDOR_METHODS.has(method)),
      ],
      lifetime: lifetime(profile, 'TokenLifetimeString') ?? tokens.lifetime,
      issueRefreshTokens: flag(profile, 'AllowRefresh'),
      refreshTokenLifetime: lifetime(profile, 'RefreshLifetimeString') ?? tokens.refreshTokenLifetime,
    },
    scope: {
      ...scope,
      userMustConfirm: flag(profile, 'Confirm'),
      allowScopeSelection: flag(profile, 'AllowScopeSelect'),
      definitions: list(profile, 'KnownScopes').map((known) => scopeDefinition(app, known)),
    },
  };
}

function clients({ generalUsage }: App, profile: Arguments) {
  const type = wholeNumber(profile, 'ClientIDType') ?? ANYTHING_OR_LIST;
  if (type === CONFIDENTIAL)
    return {
      clientIdType: 'confidential',
      allowedClients: [],
      mustBeOAuthClient: flag(profile, 'MustBeOauthClient'),
    };
  if (type !== ANYTHING_OR_LIST)
    throw AdminError.invalid('ClientIDType', 'is neither 0 (anything, list) nor 1 (confidential)');
  const allowedClients = texts(profile, 'AllowedClients');
  const clientIdType = allowedClients.length > 0 ? 'list' : 'anything';
  // Says nothing under this type, and must not be weaker when the type changes.
  return { clientIdType, allowedClients, mustBeOAuthClient: generalUsage.mustBeOAuthClient };
}

/** What the vendor has no word for, the default scope, stays with the scope's name. */
function scopeDefinition({ scope }: App, known: Arguments) {
  const name = text(known, 'Scope') ?? '';
  const stored = scope.definitions.find((definition) => definition.name === name);
  return {
    name,
    description: text(known, 'Description') ?? '',
    restRegex: texts(known, 'AllowedRest'),
    default: stored?.default ?? false,
  };
}

function tokenType(word: string | null): string | null {
  if (!word) return null;
  return word.toLowerCase() === 'opaque' ? 'opaque' : word;
}

function authMethods(words: string): string[] {
  const named = words.split(',').map((word) => word.trim().toLowerCase());
  const known = [...AUTH_WORDS].map(([word, method]) => ({ word: word.toLowerCase(), method }));
  return named.filter(Boolean).map((name) => {
    const found = known.find(({ word }) => word === name);
    if (!found)
      throw AdminError.invalid('AllowedAuth', `"${name}" is not one of ${[...AUTH_WORDS.keys()].join(', ')}`);
    return found.method;
  });
}

function lifetime(profile: Arguments, name: string): string | null {
  const span = text(profile, name);
  return span ? lifetimeOfTimeSpan(name, span) : null;
}
