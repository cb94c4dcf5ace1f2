/**
 * From a denial in the audit log to the check that refused and the setting that would let it through. Reads the
 * event's own words, so that a refusal is explained whether or not its traffic was recorded; the tests provoke each
 * one by the front door and hold these rows to it.
 */
import { type AuditType, DENIALS, type RemedyName, type TrafficCheckName } from '@sallyport/contract';

export interface Explained {
  readonly check: TrafficCheckName;
  /** Null where nothing is to be changed: the user said no, the token was taken back. */
  readonly remedy: RemedyName | null;
}

type Row = readonly [words: RegExp, check: TrafficCheckName, remedy: RemedyName | null];

/** The first row whose words the detail holds. */
const ROWS: readonly Row[] = [
  [/the app is disabled|its app is disabled or gone/, 'app', 'appEnabled'],
  [/there is no such app/, 'app', 'program'],
  [/Client ID Type does not admit/, 'client', 'clientIdType'],
  [/the confidential client is disabled/, 'client', 'userEnabled'],
  [/redirect_uri is not on the list/, 'redirect', 'redirects'],
  [/invalid_grant: code: redirect_uri differs/, 'redirect', 'program'],
  [/pushed authorization requests only/, 'pushed', 'requirePar'],
  [/request_uri is unknown|invalid_request_uri/, 'pushed', 'program'],
  [/does not allow the Auth Method|needs the Auth Method/, 'responseType', 'authMethods'],
  [/response_type|response_mode/, 'responseType', 'program'],
  [/public client must send a code_challenge/, 'pkceChallenge', 'admitOldClients'],
  [/code_challenge/, 'pkceChallenge', 'program'],
  [/code_verifier/, 'pkceVerifier', 'program'],
  [/needs a nonce, unless/, 'nonce', 'admitOldClients'],
  [/no scope was requested|scope ".*" is not defined|unknown scope/, 'scope', 'scopes'],
  [/scope openid/, 'scope', 'program'],
  [/ (?:does|do) not open "/, 'scopeOpens', 'scopes'],
  [/holds no role/, 'access', 'userAccess'],
  [/authentication profile|must prove more|no mechanism of the user fits/, 'profile', 'userFactors'],
  [/login_required/, 'signIn', 'program'],
  [/consent_required/, 'consent', 'program'],
  [/denied confirmation|user denied|user allowed no scope/, 'consent', null],
  [/has the setting requireDpop/, 'clientProof', 'requireDpop'],
  [/DPoP|dpop_jkt/, 'clientProof', 'program'],
  [/rule 15/, 'bearer', 'program'],
  [/slowed down after too many failures/, 'clientProof', 'userLock'],
  [/needs a confidential client/, 'clientProof', 'confidentialClient'],
  [/assertion/, 'clientProof', 'program'],
  [/invalid_client: .*(wrong secret|sent no secret)|invalid client creds/, 'clientProof', 'clientSecret'],
  [/invalid_client/, 'clientProof', 'program'],
  [/grant_type implicit needs the setting admitOldClients/, 'grantType', 'admitOldClients'],
  [/does not allow the grant refresh_token/, 'grantType', 'issueRefreshTokens'],
  [/does not allow the grant/, 'grantType', 'authMethods'],
  [/grant type is not served/, 'grantType', 'program'],
  [/^authorization_code: used twice|authorization_code: spent before/, 'code', 'program'],
  [/used twice|spent before/, 'refreshToken', 'program'],
  [/authorization_pending|slow_down/, 'consent', null],
  [/access_denied: the user denied/, 'consent', null],
  [/expired_token|invalid_grant: device code: /, 'code', 'program'],
  [/invalid_grant: code: expired/, 'code', 'codeLifetime'],
  [/invalid_grant: code: /, 'code', 'program'],
  [/refresh token: expired/, 'refreshToken', 'refreshTokenLifetime'],
  [/refresh token: /, 'refreshToken', 'program'],
  [/invalid_grant: (the user is disabled)/, 'password', 'userEnabled'],
  [/invalid_grant: .*(password|confidential client|login name)/, 'password', 'userPassword'],
  [/already answered|cannot be found|expired, or was answered|unknown, expired/, 'waiting', 'program'],
  [
    /belongs in the form body|is missing|came twice|must be|not supported|unknown value/,
    'parameters',
    'program',
  ],
];

/** The same for sign-ins, where the words begin with the mechanism. */
const SIGN_IN_ROWS: readonly Row[] = [
  [/slowed/, 'challenge', 'userLock'],
  [/no mechanism of the user fits/, 'profile', 'userFactors'],
  [/user is disabled|may not sign in/, 'challenge', 'userEnabled'],
  [/unknown login name/, 'challenge', null],
  [/^(UP|RESET):/, 'challenge', 'userPassword'],
  [/^[A-Z]+:/, 'challenge', 'userFactors'],
];

/** Where no row knows the words. */
const OTHERWISE: Partial<Record<AuditType, Explained>> = {
  'login.failure': { check: 'challenge', remedy: null },
  'authorize.denied': { check: 'parameters', remedy: 'program' },
  'consent.denied': { check: 'consent', remedy: null },
  'token.denied': { check: 'parameters', remedy: 'program' },
  'token.reuse': { check: 'code', remedy: 'program' },
};

const GATE_ROWS: readonly Row[] = [
  [/^.*: (?:scopes? "|a token without scopes).* not open "/, 'scopeOpens', 'scopes'],
  [/by cookie, from origin/, 'crossSite', 'program'],
  [/app is disabled or gone/, 'bearer', 'appEnabled'],
  [/holds no role/, 'access', 'userAccess'],
  [/user is disabled/, 'bearer', 'userEnabled'],
  [/you need the right|that you lack|only your own/, 'rights', 'roleRights'],
  [/./, 'bearer', 'program'],
];

/** Why the event is a denial; null for one that is none. */
export function explain(event: { type: string; detail: string }): Explained | null {
  const type = DENIALS.find((denial) => denial === event.type);
  if (type === undefined) return null;
  const rows = type === 'login.failure' ? SIGN_IN_ROWS : type === 'call.denied' ? GATE_ROWS : ROWS;
  const row = rows.find(([words]) => words.test(event.detail));
  if (row) return { check: row[1], remedy: row[2] };
  return OTHERWISE[type] ?? { check: 'parameters', remedy: null };
}
