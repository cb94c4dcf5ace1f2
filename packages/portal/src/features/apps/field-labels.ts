import type { Translate } from '../../i18n/i18n.js';

const LABELS = {
  applicationId: 'apps.field.applicationId',
  name: 'apps.field.name',
  description: 'apps.field.description',
  category: 'apps.field.category',
  enabled: 'apps.field.enabled',
  logo: 'apps.field.logo',
  template: 'apps.field.template',
  'generalUsage.clientIdType': 'apps.field.clientIdType',
  'generalUsage.allowedClients': 'apps.field.allowedClients',
  'generalUsage.mustBeOAuthClient': 'apps.field.mustBeOAuthClient',
  'generalUsage.admitOldClients': 'apps.field.admitOldClients',
  'generalUsage.issuer': 'apps.field.issuer',
  'generalUsage.redirects': 'apps.field.redirects',
  'generalUsage.requirePar': 'apps.field.requirePar',
  'generalUsage.postLogoutRedirects': 'apps.field.postLogoutRedirects',
  'generalUsage.frontchannelLogoutUri': 'apps.field.frontchannelLogoutUri',
  'generalUsage.backchannelLogoutUri': 'apps.field.backchannelLogoutUri',
  'generalUsage.registration': 'apps.field.registration',
  'generalUsage.clientMetadataDocuments': 'apps.field.clientMetadataDocuments',
  'generalUsage.subjectType': 'apps.field.subjectType',
  'generalUsage.audience': 'apps.field.audience',
  'tokens.type': 'apps.field.tokenType',
  'tokens.authMethods': 'apps.field.authMethods',
  'tokens.lifetime': 'apps.field.lifetime',
  'tokens.codeLifetime': 'apps.field.codeLifetime',
  'tokens.userinfoSignedResponseAlg': 'apps.field.userinfoSignedResponseAlg',
  'tokens.issueRefreshTokens': 'apps.field.issueRefreshTokens',
  'tokens.refreshTokenLifetime': 'apps.field.refreshTokenLifetime',
  'tokens.claims': 'apps.field.claims',
  'tokens.idTokenAlg': 'apps.field.idTokenAlg',
  'tokens.requireDpop': 'apps.field.requireDpop',
  'scope.userMustConfirm': 'apps.field.userMustConfirm',
  'scope.allowScopeSelection': 'apps.field.allowScopeSelection',
  'scope.definitions': 'apps.field.definitions',
  'userAccess.roles': 'apps.field.roles',
} as const;

function isLabelled(path: string): path is keyof typeof LABELS {
  return path in LABELS;
}

/** A field's words on screen, for `tokens.lifetime` and for what lies within it, as `generalUsage.redirects.0`. */
export function fieldLabel(field: string, t: Translate): string {
  const steps = field.split('.');
  const path = [field, ...steps.map((_, i) => steps.slice(0, i + 1).join('.')).reverse()].find(isLabelled);
  return path ? t(LABELS[path]) : field;
}
