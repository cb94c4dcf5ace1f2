import { z } from 'zod';
import { line } from './text.js';

const text = line(256).optional();
const page = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .optional();

/** @see OpenID Connect Core 1.0 section 5.1.1 */
export const PostalAddress = z.strictObject({
  formatted: z.string().min(1).max(1000).optional(),
  streetAddress: z.string().min(1).max(500).optional(),
  locality: text,
  region: text,
  postalCode: text,
  country: text,
});

/**
 * What clients may be told of a person beside name and e-mail address; whatever is absent is not told.
 * @see OpenID Connect Core 1.0 section 5.1
 */
export const UserProfile = z.strictObject({
  givenName: text,
  familyName: text,
  middleName: text,
  nickname: text,
  profile: page,
  picture: page,
  website: page,
  gender: text,
  birthdate: z
    .string()
    .regex(/^\d{4}(-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$/, 'YYYY-MM-DD, or YYYY')
    .optional(),
  zoneinfo: text,
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/, 'a language tag such as en-GB')
    .optional(),
  phoneNumber: text,
  officeNumber: text,
  homeNumber: text,
  department: text,
  /** Whom the person reports to, by whatever name. */
  reportsTo: text,
  address: PostalAddress.optional(),
});
export type UserProfile = z.infer<typeof UserProfile>;

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * A public key with which a confidential client signs: RSA, elliptic curve or EdDSA.
 * @see RFC 7517 section 4, RFC 7523 section 3
 */
export const PublicJwk = z
  .looseObject({
    kty: z.enum(['RSA', 'EC', 'OKP'], { error: 'RSA, EC or OKP: a symmetric key is no public key' }),
    kid: line(256).optional(),
    alg: line(32).optional(),
    use: z.literal('sig').optional(),
  })
  .superRefine((jwk, ctx) => {
    const found = PRIVATE_MEMBERS.find((member) => member in jwk);
    if (found) ctx.addIssue({ code: 'custom', message: `holds the private member "${found}"` });
    if (JSON.stringify(jwk).length > 4000) ctx.addIssue({ code: 'custom', message: 'is too long' });
  });
export type PublicJwk = z.infer<typeof PublicJwk>;
