/** The claims that an app adds to the tokens for its API: looked up, never computed. */
import type { ClaimAttribute, ClaimMapping } from '@sallyport/contract';
import type { Subject } from '../access.js';
import type { RunningApp } from '../app-runtime.js';

/** The claims of `app` about the subject; what is not known of a user is left out. */
export function mappedClaims({ settings }: RunningApp, subject: Subject): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const mapping of settings.tokens.claims) {
    const value = claimValue(mapping, subject);
    if (value !== undefined && value !== '') told[mapping.name] = value;
  }
  return told;
}

function claimValue({ from, value }: ClaimMapping, { user, roles }: Subject): unknown {
  if (from === 'constant') return value;
  if (from === 'roles') return roles.map((role) => role.name).sort();
  return isOfProfile(from) ? user.profile[from] : user[from];
}

type OfUser = 'loginName' | 'email' | 'displayName' | 'description';

function isOfProfile(from: ClaimAttribute): from is Exclude<ClaimAttribute, OfUser> {
  return !['loginName', 'email', 'displayName', 'description'].includes(from);
}
