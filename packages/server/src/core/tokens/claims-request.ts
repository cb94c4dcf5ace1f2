/** Claims that a client asks for one by one. @see OpenID Connect Core 1.0 section 5.5 */
import { z } from 'zod';
import { OAuthError } from '../errors.js';

/** What is asked of one claim; a claim with null is asked for plainly. */
const Asked = z.record(
  z.string().max(256),
  z.looseObject({ value: z.unknown().optional(), values: z.array(z.unknown()).optional() }).nullable(),
);
const ClaimsParameter = z.looseObject({ userinfo: Asked.nullish(), id_token: Asked.nullish() });

/** The names asked for, by where they shall be told. Kept with code and grant as JSON. */
const ClaimsRequest = z.object({
  userinfo: z.array(z.string()),
  idToken: z.array(z.string()),
  /** The authentication profile that was asked for and met. */
  acr: z.string().optional(),
});
export type ClaimsRequest = z.infer<typeof ClaimsRequest>;

export const NO_CLAIMS: ClaimsRequest = { userinfo: [], idToken: [] };
const MOST = 100;

/** The parameter `claims` as it was sent. Throws `invalid_request` for anything but such a JSON object. */
function parse(parameter: string): z.infer<typeof ClaimsParameter> {
  try {
    return ClaimsParameter.parse(JSON.parse(parameter));
  } catch {
    throw new OAuthError('invalid_request', 'the parameter claims is not a JSON object of claims');
  }
}

/** The names that the parameter asks for; what this server does not know stays out when it tells. */
export function readClaimsRequest(parameter: string | undefined): ClaimsRequest {
  if (parameter === undefined) return NO_CLAIMS;
  const { userinfo, id_token: idToken } = parse(parameter);
  const names = { userinfo: Object.keys(userinfo ?? {}), idToken: Object.keys(idToken ?? {}) };
  if (names.userinfo.length + names.idToken.length > MOST)
    throw new OAuthError('invalid_request', 'the parameter claims asks for too many claims');
  return names;
}

/** The users one of whom the request insists on; null when any will do. @see section 5.5.1 */
export function subjectsAsked(parameter: string | undefined): readonly unknown[] | null {
  if (parameter === undefined) return null;
  const { userinfo, id_token: idToken } = parse(parameter);
  const asked = idToken?.sub ?? userinfo?.sub;
  if (!asked) return null;
  if (asked.value !== undefined) return [asked.value];
  return asked.values ?? null;
}

/**
 * The authentication profiles that the claim `acr` is asked for with, separated by spaces; nothing when it is not, or
 * when the parameter cannot be read. @see section 5.5.1.1
 */
export function acrAsked(parameter: string | undefined): string | undefined {
  if (parameter === undefined) return undefined;
  const read = ClaimsParameter.safeParse(jsonOrNull(parameter));
  const asked = read.success ? read.data.id_token?.acr : null;
  const values = [asked?.value ?? asked?.values ?? []].flat().filter((value) => typeof value === 'string');
  return values.length > 0 ? values.join(' ') : undefined;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** As a code or a grant keeps it; null when nothing is asked for. */
export function storedClaims(request: ClaimsRequest): string | null {
  const { userinfo, idToken, acr } = request;
  return userinfo.length + idToken.length > 0 || acr !== undefined ? JSON.stringify(request) : null;
}

export function loadClaims(stored: string | null): ClaimsRequest {
  return stored === null ? NO_CLAIMS : ClaimsRequest.parse(JSON.parse(stored));
}
