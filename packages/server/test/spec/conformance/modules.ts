/** The modules that several certification profiles share, by the suite's names. */
import { decodeJwt, type JWTPayload } from 'jose';
import { expect } from 'vitest';
import { basic } from '../support/world.js';
import {
  APP_ID,
  CALLBACK,
  CLIENT,
  CLIENT2,
  expectErrorPage,
  expectRefusal,
  type Parameters,
  type Run,
} from './suite.js';

type Module = (run: Run) => Promise<void>;

const INTERACTION = [
  'login_required',
  'interaction_required',
  'account_selection_required',
  'consent_required',
];
const LONG_STATE = 'x'.repeat(128);

const PROFILE_CLAIMS = [
  ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile'],
  ...['picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
];
const CLAIMS: Readonly<Record<string, readonly string[]>> = {
  profile: PROFILE_CLAIMS,
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};
const NUMBERS = ['updated_at'];
const FLAGS = ['email_verified', 'phone_number_verified'];

const last = (list: readonly JWTPayload[]): JWTPayload => {
  const found = list.at(-1);
  if (!found) throw new Error('no ID token came');
  return found;
};

/** What is told of the user: at userinfo, or in the ID token where there is nothing else. */
async function told(run: Run, parameters: Parameters): Promise<Record<string, unknown>> {
  const { accessToken, idTokens } = await run.tokens(await run.authorize(parameters));
  if (accessToken === null) return last(idTokens);
  const claims = await run.userinfo(accessToken);
  for (const idToken of idTokens) expect(claims.sub).toBe(idToken.sub);
  return claims;
}

function expectTypes(claims: Record<string, unknown>): void {
  for (const name of Object.values(CLAIMS).flat()) {
    if (claims[name] === undefined) continue;
    const type = NUMBERS.includes(name) ? 'number' : FLAGS.includes(name) ? 'boolean' : 'string';
    expect([name, typeof claims[name]]).toEqual([name, name === 'address' ? 'object' : type]);
    expect(claims[name]).not.toBe('');
  }
}

/** A flow whose request has something more, and which must go as any other. */
const plain =
  (parameters: Parameters): Module =>
  async (run) => {
    await run.tokens(await run.authorize(parameters));
  };

const scope =
  (...names: string[]): Module =>
  async (run) => {
    const claims = await told(run, { scope: ['openid', ...names].join(' ') });
    for (const claim of names.flatMap((name) => CLAIMS[name] ?? [])) expect(claims).toHaveProperty([claim]);
    const others = Object.keys(CLAIMS).filter((name) => !names.includes(name));
    for (const claim of others.flatMap((name) => CLAIMS[name] ?? []))
      expect(claims).not.toHaveProperty([claim]);
    expectTypes(claims);
  };

/** Two authorizations of one session; the second must not, or must, show the sign-in page. */
async function twice(run: Run, first: Parameters, second: Parameters, pause = 0) {
  const before = await run.tokens(await run.authorize(first));
  run.world.clock.advance(pause);
  const outcome = await run.authorize(second);
  const after = await run.tokens(outcome);
  const [old, fresh] = [last(before.idTokens), last(after.idTokens)];
  expect(fresh.sub).toBe(old.sub);
  return { outcome, old, fresh };
}

const userinfoBy =
  (method: 'GET' | 'POST', inBody: boolean): Module =>
  async (run) => {
    const { accessToken, idTokens } = await run.tokens(await run.authorize({ scope: 'openid profile' }));
    const body = new URLSearchParams({ access_token: String(accessToken) });
    const headers = { authorization: `Bearer ${accessToken}` };
    const response = await run.world.fetch(
      `/oauth2/userinfo/${APP_ID}`,
      inBody ? { method, body } : { method, headers },
    );
    expect(response.status).toBe(200);
    const claims = (await response.json()) as Record<string, unknown>;
    expect(claims.sub).toBe(last(idTokens).sub);
    expectTypes(claims);
  };

const reuse =
  (pause: number): Module =>
  async (run) => {
    const outcome = await run.authorize();
    const { accessToken } = await run.tokens(outcome);
    run.world.clock.advance(pause);
    const code = outcome.answer.get('code') ?? '';
    const again = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK };
    const response = await run.token(again);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await run.world.fetch(`/oauth2/userinfo/${APP_ID}`, { headers })).status).toBe(401);
  };

const encoded = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');

/** An unsigned request object, as the suite makes one. */
export function unsigned(claims: object): string {
  return `${encoded({ alg: 'none' })}.${encoded(claims)}.`;
}

const discovery = async ({ world }: Run): Promise<Record<string, unknown>> => {
  const response = await world.fetch(`/${APP_ID}/.well-known/openid-configuration`);
  return (await response.json()) as Record<string, unknown>;
};

/** Every plan with an authorization runs these. */
export const EVERYWHERE: Readonly<Record<string, Module>> = {
  'oidcc-server': async (run) => {
    const { idTokens } = await run.tokens(await run.authorize());
    for (const claims of idTokens) expect(claims).not.toHaveProperty('name');
  },
  'oidcc-idtoken-signature': plain({}),
  'oidcc-scope-profile': scope('profile'),
  'oidcc-scope-email': scope('email'),
  'oidcc-scope-address': scope('address'),
  'oidcc-scope-phone': scope('phone'),
  'oidcc-scope-all': scope('profile', 'email', 'address', 'phone'),
  'oidcc-alternate-happy-flow': async (run) => {
    const reversed = Object.fromEntries(Object.entries(run.request({ scope: 'email openid' })).reverse());
    const { accessToken, idTokens } = await run.tokens(await run.send(reversed));
    const claims = accessToken === null ? last(idTokens) : await run.userinfo(accessToken);
    expect(claims).toHaveProperty('email');
    expect(claims).not.toHaveProperty('name');
    if (accessToken !== null) for (const idToken of idTokens) expect(idToken).not.toHaveProperty('email');
  },
  'oidcc-display-page': plain({ display: 'page' }),
  'oidcc-display-popup': plain({ display: 'popup' }),
  'oidcc-prompt-login': async (run) => {
    const { outcome, old, fresh } = await twice(run, {}, { prompt: 'login' }, 1000);
    expect(outcome.shown).toContain('signin');
    expect(fresh.auth_time).toBeGreaterThan(Number(old.auth_time));
  },
  'oidcc-prompt-none-not-logged-in': async (run) => {
    const outcome = await run.authorize({ prompt: 'none', state: LONG_STATE });
    expect(outcome.shown.filter((button) => button !== 'continue')).toEqual([]);
    expectRefusal(outcome, INTERACTION);
  },
  'oidcc-prompt-none-logged-in': async (run) => {
    const { outcome, old, fresh } = await twice(run, {}, { prompt: 'none' }, 1000);
    expect(outcome.shown).not.toContain('signin');
    expect(fresh.auth_time).toBe(old.auth_time);
  },
  'oidcc-max-age-1': async (run) => {
    const { outcome, old, fresh } = await twice(run, {}, { max_age: '1' }, 2000);
    expect(outcome.shown).toContain('signin');
    expect(fresh.auth_time).toBeGreaterThan(Number(old.auth_time));
  },
  'oidcc-max-age-10000': async (run) => {
    const { outcome, old, fresh } = await twice(run, { max_age: '15000' }, { max_age: '10000' }, 1000);
    expect(outcome.shown).not.toContain('signin');
    expect(fresh.auth_time).toBe(old.auth_time);
    expect(old.auth_time).toBeTypeOf('number');
  },
  'oidcc-ensure-request-with-unknown-parameter-succeeds': plain({ extra: 'foobar' }),
  'oidcc-id-token-hint': async (run) => {
    const outcome = await run.authorize();
    const { answer } = outcome;
    await run.tokens(outcome);
    const hint = answer.get('id_token') ?? (await idTokenOf(run));
    const second = await run.authorize({ prompt: 'none', id_token_hint: hint });
    expect(second.shown).not.toContain('signin');
    expect(last((await run.tokens(second)).idTokens).sub).toBe(decodeJwt(hint).sub);
  },
  'oidcc-login-hint': plain({ login_hint: 'buffy@suite.test' }),
  'oidcc-ui-locales': plain({ ui_locales: 'se' }),
  'oidcc-claims-locales': plain({ claims_locales: 'se' }),
  'oidcc-ensure-request-with-acr-values-succeeds': plain({ acr_values: '1 2' }),
  'oidcc-ensure-registered-redirect-uri': async (run) => {
    const outcome = await run.authorize({ redirect_uri: `${CALLBACK}/Zz9` });
    expectErrorPage(outcome, 'invalid_request', /redirect_uri is not on the list/);
  },
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported': async (run) => {
    const outcome = await run.authorize({ request_uri: 'https://suite.test/requests/1' });
    expectRefusal(outcome, ['request_uri_not_supported']);
  },
  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported': async (run) => {
    const { state, nonce, ...outside } = run.request();
    const outcome = await run.send({ ...outside, request: unsigned({ ...outside, state, nonce }) });
    expect(outcome.answer.get('error')).toBe('request_not_supported');
  },
  'oidcc-ensure-request-object-with-redirect-uri': async (run) => {
    const inside = run.request();
    const outcome = await run.send({
      ...inside,
      redirect_uri: 'https://suite.test/elsewhere',
      request: unsigned(inside),
    });
    expectErrorPage(outcome, 'invalid_request', /redirect_uri is not on the list/);
    const { request_object_signing_alg_values_supported: algorithms = [] } = await discovery(run);
    expect(algorithms).not.toContain('none');
  },
  'oidcc-claims-essential': async (run) => {
    const at = run.plan.responseType === 'id_token' ? 'id_token' : 'userinfo';
    const claims = JSON.stringify({ [at]: { name: { essential: true } } });
    expect(await told(run, { claims })).toMatchObject({ name: 'Alice Liddell' });
  },
};

/** The ID token of a code flow. */
async function idTokenOf(run: Run): Promise<string> {
  const { answer } = await run.authorize({ prompt: 'none' });
  const code = answer.get('code') ?? '';
  const redeemed = await run.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
  const { id_token: idToken } = (await redeemed.json()) as { id_token: string };
  return idToken;
}

/** Where an access token comes. */
export const WITH_ACCESS_TOKEN: Readonly<Record<string, Module>> = {
  'oidcc-userinfo-get': userinfoBy('GET', false),
  'oidcc-userinfo-post-header': userinfoBy('POST', false),
  'oidcc-userinfo-post-body': userinfoBy('POST', true),
};

export const RESPONSE_TYPE_MISSING: Readonly<Record<string, Module>> = {
  'oidcc-response-type-missing': async (run) => {
    const outcome = await run.authorize({ response_type: undefined });
    expectRefusal(outcome, ['invalid_request', 'unsupported_response_type']);
  },
};

/** Where a code comes. */
export const WITH_CODE: Readonly<Record<string, Module>> = {
  'oidcc-codereuse': reuse(0),
  'oidcc-codereuse-30seconds': reuse(30_000),
  'oidcc-server-client-secret-post': async (run) => {
    const { loginName: client_id, password: client_secret } = CLIENT;
    await run.tokens(await run.authorize(), {}, { client_id, client_secret });
    const { token_endpoint_auth_methods_supported: methods } = await discovery(run);
    expect(methods).toContain('client_secret_post');
  },
  'oidcc-refresh-token': async (run) => {
    const parameters = { scope: 'openid offline_access', prompt: 'consent' };
    const { refreshToken, idTokens } = await run.tokens(await run.authorize(parameters));
    const fields = { grant_type: 'refresh_token', refresh_token: String(refreshToken) };
    run.world.clock.advance(1000);
    const foreign = await run.token(fields, basic(CLIENT2));
    expect(foreign.status).toBe(400);
    expect(await foreign.json()).toMatchObject({ error: 'invalid_grant' });
    const refreshed = await run.token(fields);
    expect(refreshed.status).toBe(200);
    expect(refreshed.headers.get('cache-control')).toContain('no-store');
    const answer = (await refreshed.json()) as Record<string, string>;
    expect(answer.token_type).toBe('Bearer');
    const { iat, ...now } = decodeJwt(String(answer.id_token));
    const { iat: before, ...then } = last(idTokens);
    for (const name of ['iss', 'sub', 'aud', 'auth_time']) expect(now[name]).toEqual(then[name]);
    expect(iat).toBeGreaterThan(Number(before));
  },
};

export const PKCE: Readonly<Record<string, Module>> = {
  'oidcc-ensure-request-with-valid-pkce-succeeds': async (run) => {
    const code_verifier = 'conformance-verifier-of-forty-three-letters-or-so';
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code_verifier));
    const code_challenge = Buffer.from(digest).toString('base64url');
    const outcome = await run.authorize({ code_challenge, code_challenge_method: 'S256' });
    await run.tokens(outcome, basic(CLIENT), { code_verifier });
  },
};

export const NONCE_NOT_NEEDED: Readonly<Record<string, Module>> = {
  'oidcc-ensure-request-without-nonce-succeeds-for-code-flow': plain({ nonce: undefined }),
};

export const NONCE_NEEDED: Readonly<Record<string, Module>> = {
  'oidcc-ensure-request-without-nonce-fails': async (run) => {
    expectRefusal(await run.authorize({ nonce: undefined }), ['invalid_request']);
  },
};

export const BY_POST: Readonly<Record<string, Module>> = {
  'oidcc-ensure-post-request-succeeds': async (run) => {
    await run.tokens(await run.send(run.request(), 'POST'));
  },
};

export const UNSIGNED_ID_TOKEN: Readonly<Record<string, Module>> = {
  'oidcc-idtoken-unsigned': async (run) => {
    const { id_token_signing_alg_values_supported: algorithms } = await discovery(run);
    expect(algorithms).not.toContain('none');
  },
};

/** Names of a group of modules, without those that a plan leaves out. */
export function without(
  modules: Readonly<Record<string, Module>>,
  ...names: string[]
): Readonly<Record<string, Module>> {
  return Object.fromEntries(Object.entries(modules).filter(([name]) => !names.includes(name)));
}
