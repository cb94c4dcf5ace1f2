/**
 * What a client says of itself, at registration or in a document of its own, as far as this server reads it. What is
 * not known here is ignored, as the RFC asks; what is known is checked, field by field.
 * @see RFC 7591 section 2, OpenID Connect Dynamic Client Registration 1.0 section 2
 */
import { line, PublicJwk, redirectUriFault } from '@sallyport/contract';
import { z } from 'zod';
import { isLoopbackHost } from '../../kit/loopback.js';
import { CLIENT_SIGNING_ALGORITHMS, SECRET_SIGNING_ALGORITHMS } from '../oauth/client-assertion.js';

const LONGEST_URI = 2000;

/** Ways in which a registered client may prove itself. */
export const REGISTERED_AUTH_METHODS = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'client_secret_jwt',
] as const;

/** Algorithms of what this server signs for a client. */
export const ANSWER_ALGORITHMS = ['RS256'] as const;

const redirect = z.string().superRefine((uri, ctx) => {
  const fault = redirectUriFault(uri);
  if (fault) ctx.addIssue({ code: 'custom', message: fault });
});

const uri = (isAllowed: (url: URL) => boolean, words: string) =>
  z
    .string()
    .max(LONGEST_URI)
    .refine((text) => /^\S+$/.test(text) && URL.canParse(text) && isAllowed(new URL(text)), words);

/** What a person's browser is shown or led to. */
const page = uri(({ protocol }) => protocol === 'https:', 'must be an https URL');
/** What the server itself fetches: the guarded fetcher decides about the address. */
const fetched = uri(
  ({ protocol, hostname }) => protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname)),
  'must be an https URL',
);
const told = redirect.refine((text) => /^https?:/i.test(text), 'must be an https URL');

const RESPONSE_TYPES = [
  'code',
  'id_token',
  'id_token token',
  'token',
  'code id_token',
  'code token',
  'code id_token token',
] as const;

const responseType = z
  .string()
  .transform((type) => type.split(' ').sort().join(' '))
  .pipe(z.enum(RESPONSE_TYPES));

export const ClientMetadata = z.object({
  redirect_uris: z.array(redirect).min(1).max(50),
  response_types: z.array(responseType).min(1).max(7).default(['code']),
  grant_types: z.array(z.string().max(100)).max(20).default(['authorization_code']),
  application_type: z.enum(['web', 'native']).default('web'),
  token_endpoint_auth_method: z.enum(REGISTERED_AUTH_METHODS).default('client_secret_basic'),
  token_endpoint_auth_signing_alg: z
    .enum([...CLIENT_SIGNING_ALGORITHMS, ...SECRET_SIGNING_ALGORITHMS])
    .optional(),
  client_name: line(200).optional(),
  client_uri: page.optional(),
  logo_uri: page.optional(),
  policy_uri: page.optional(),
  tos_uri: page.optional(),
  contacts: z.array(line(254)).max(10).optional(),
  scope: line(4000).optional(),
  jwks: z.object({ keys: z.array(PublicJwk).min(1).max(20) }).optional(),
  jwks_uri: fetched.optional(),
  request_uris: z.array(fetched).max(20).optional(),
  request_object_signing_alg: z.enum(CLIENT_SIGNING_ALGORITHMS).optional(),
  subject_type: z.enum(['public', 'pairwise']).default('public'),
  sector_identifier_uri: fetched.optional(),
  id_token_signed_response_alg: line(20).optional(),
  userinfo_signed_response_alg: z.enum(ANSWER_ALGORITHMS).optional(),
  introspection_signed_response_alg: z.enum(ANSWER_ALGORITHMS).optional(),
  default_max_age: z.number().int().min(0).max(9_999_999_999).optional(),
  default_acr_values: z.array(line(200)).max(20).optional(),
  require_auth_time: z.boolean().optional(),
  initiate_login_uri: page.optional(),
  post_logout_redirect_uris: z.array(redirect).max(50).optional(),
  frontchannel_logout_uri: told.optional(),
  frontchannel_logout_session_required: z.boolean().optional(),
  backchannel_logout_uri: told.optional(),
  backchannel_logout_session_required: z.boolean().optional(),
  software_id: line(200).optional(),
  software_version: line(200).optional(),
});
export type ClientMetadata = z.infer<typeof ClientMetadata>;
