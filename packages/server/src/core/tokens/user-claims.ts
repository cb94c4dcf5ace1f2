/** What may be told of a user: by scope, or claim by claim. @see OpenID Connect Core 1.0 sections 5.1 and 5.4 */
import { seconds } from '../../kit/clock.js';
import type { User } from '../model.js';

type Claim = (user: User) => unknown;

const PROFILE: Readonly<Record<string, Claim>> = {
  name: (user) => user.displayName,
  given_name: (user) => user.profile.givenName,
  family_name: (user) => user.profile.familyName,
  middle_name: (user) => user.profile.middleName,
  nickname: (user) => user.profile.nickname,
  preferred_username: (user) => user.loginName,
  profile: (user) => user.profile.profile,
  picture: (user) => user.profile.picture,
  website: (user) => user.profile.website,
  gender: (user) => user.profile.gender,
  birthdate: (user) => user.profile.birthdate,
  zoneinfo: (user) => user.profile.zoneinfo,
  locale: (user) => user.profile.locale,
  updated_at: (user) => seconds(user.updatedAt),
};

const EMAIL: Readonly<Record<string, Claim>> = {
  email: (user) => user.email,
  email_verified: (user) => user.emailVerified,
};
// Numbers were typed by an administrator; nobody has proved them.
const PHONE: Readonly<Record<string, Claim>> = {
  phone_number: (user) => user.profile.phoneNumber,
  phone_number_verified: (user) => (user.profile.phoneNumber === undefined ? undefined : false),
};
const ADDRESS: Readonly<Record<string, Claim>> = { address: postalAddress };

const CLAIMS_OF_SCOPE = new Map(
  Object.entries({ profile: PROFILE, email: EMAIL, phone: PHONE, address: ADDRESS }),
);
const CLAIMS = new Map(Object.entries({ ...PROFILE, ...EMAIL, ...PHONE, ...ADDRESS }));

/** Every claim about a user that this server may tell, for discovery. */
export const USER_CLAIMS: readonly string[] = [...CLAIMS.keys()];

/** Names of the claims that the scopes of a space-separated list stand for. */
export function claimsOfScope(scope: string): string[] {
  return scope.split(' ').flatMap((name) => Object.keys(CLAIMS_OF_SCOPE.get(name) ?? {}));
}

/** The claims named, as far as they are known of the user; none is empty. */
export function userClaims(user: User, names: Iterable<string>): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const name of names) {
    const value = CLAIMS.get(name)?.(user);
    if (value !== undefined && value !== '') told[name] = value;
  }
  return told;
}

/** @see OpenID Connect Core 1.0 section 5.1.1 */
function postalAddress({ profile: { address } }: User): Record<string, string> | undefined {
  if (!address) return undefined;
  const { formatted, streetAddress, locality, region, postalCode, country } = address;
  const parts = {
    formatted,
    street_address: streetAddress,
    locality,
    region,
    postal_code: postalCode,
    country,
  };
  const known = Object.entries(parts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
  return known.length > 0 ? Object.fromEntries(known) : undefined;
}
