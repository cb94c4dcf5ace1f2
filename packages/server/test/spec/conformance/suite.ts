/**
 * One module of the OpenID Foundation's certification suite, as its own browser and client would run it: what an
 * authorization comes to, and the checks that every flow makes.
 */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { expect } from 'vitest';
import { basic, type Fields, type World } from '../support/world.js';
import { type Answers, type Browser, createBrowser, type Stop } from './browser.js';

export const ALICE = { loginName: 'alice@acme.test', password: 'looking glass 1871' };
/** The suite's static clients. */
export const CLIENT = { loginName: 'client1@acme.test', password: 'secret of client 1' };
export const CLIENT2 = { loginName: 'client2@acme.test', password: 'secret of client 2' };
export const CALLBACK = 'https://suite.test/test/a/sallyport/callback';
export const LOGGED_OUT = 'https://suite.test/test/a/sallyport/post_logout_redirect';
export const APP_ID = 'Conformance';

/** What the user of the suite has to tell. */
export const PROFILE = {
  givenName: 'Alice',
  familyName: 'Liddell',
  middleName: 'Pleasance',
  nickname: 'Al',
  profile: 'https://alice.test/',
  picture: 'https://alice.test/me.png',
  website: 'https://alice.test/blog',
  gender: 'female',
  birthdate: '1852-05-04',
  zoneinfo: 'Europe/London',
  locale: 'en-GB',
  phoneNumber: '+44 20 7946 0000',
  address: { formatted: 'Christ Church\nOxford', locality: 'Oxford', country: 'United Kingdom' },
};

export interface Plan {
  name: string;
  responseType: string;
  responseMode?: string;
}

export type Parameters = Record<string, string | undefined>;

/** What an authorization gave. */
export interface Outcome extends Stop {
  /** The parameters for the client, by whichever way they came. */
  answer: URLSearchParams;
  sent: Parameters;
}

export interface Tokens {
  accessToken: string | null;
  refreshToken: string | null;
  /** Claims of every ID token, the front channel's first. */
  idTokens: JWTPayload[];
}

/** One module under one plan, with a browser of its own: it starts logged out. */
export interface Run {
  world: World;
  plan: Plan;
  browser: Browser;
  /** Parameters of an ordinary request of this plan. */
  request(over?: Parameters): Parameters;
  authorize(over?: Parameters): Promise<Outcome>;
  /** Sends these parameters and no others, in this order. */
  send(parameters: Parameters, method?: 'GET' | 'POST'): Promise<Outcome>;
  /** Redeems the code, if any, and checks every token as the suite does. */
  tokens(outcome: Outcome, headers?: Fields, body?: Fields): Promise<Tokens>;
  token(fields: Fields, headers?: Fields): Promise<Response>;
  userinfo(accessToken: string): Promise<Record<string, unknown>>;
}

const ALLOW: Answers = {
  signin: { username: ALICE.loginName, password: ALICE.password },
  allow: {},
  'logout-yes': {},
};

export async function prepare(world: World): Promise<void> {
  const client = { email: 'c@acme.test', displayName: 'Suite', confidentialClient: true };
  await world.apply({
    users: [
      { ...ALICE, email: ALICE.loginName, displayName: 'Alice Liddell', profile: PROFILE },
      { ...CLIENT, ...client },
      { ...CLIENT2, ...client },
    ],
    roles: [{ name: 'Suite', members: [ALICE, CLIENT, CLIENT2].map(({ loginName }) => loginName) }],
    apps: [
      {
        applicationId: APP_ID,
        name: 'Conformance',
        generalUsage: {
          clientIdType: 'confidential',
          redirects: [CALLBACK],
          postLogoutRedirects: [LOGGED_OUT],
        },
        tokens: { authMethods: ['authCode', 'implicit'], issueRefreshTokens: true },
        scope: { userMustConfirm: true },
        userAccess: { roles: ['Suite'] },
      },
    ],
  });
}

export function createRun(world: World, plan: Plan): Run {
  const browser = createBrowser(world.url);
  const issuer = `${world.url}/${APP_ID}/`;
  const keys = createRemoteJWKSet(new URL(`${world.url}/oauth2/keys/${APP_ID}`));
  const words = plan.responseType.split(' ');
  let requests = 0;

  const run: Run = {
    world,
    plan,
    browser,
    request: (over = {}) => ({
      client_id: CLIENT.loginName,
      redirect_uri: CALLBACK,
      scope: 'openid',
      state: `state-${requests++}`,
      nonce: `nonce-${requests}`,
      response_type: plan.responseType,
      response_mode: plan.responseMode,
      ...over,
    }),
    authorize: (over) => run.send(run.request(over)),
    async send(parameters, method = 'GET') {
      const body = new URLSearchParams();
      for (const [name, value] of Object.entries(parameters))
        if (value !== undefined) body.append(name, value);
      const path = `/oauth2/authorize/${APP_ID}`;
      const stop =
        method === 'GET'
          ? await browser.open(`${path}?${body}`, ALLOW)
          : await browser.open(path, ALLOW, { method, body });
      return { ...stop, answer: answerOf(stop, parameters), sent: parameters };
    },
    token: (fields, headers = basic(CLIENT)) => world.form(`/oauth2/token/${APP_ID}`, fields, headers),
    async tokens(outcome, headers, body = {}) {
      expectSuccess(outcome, words, issuer);
      const { answer, sent } = outcome;
      const code = answer.get('code');
      const front = answer.get('access_token');
      const idTokens: JWTPayload[] = [];
      const idToken = answer.get('id_token');
      if (idToken !== null) {
        const claims = await verified(idToken, sent.nonce);
        expect(claims.c_hash).toBe(code === null ? undefined : leftHalf(code));
        expect(claims.at_hash).toBe(front === null ? undefined : leftHalf(front));
        idTokens.push(claims);
      }
      if (front !== null) await run.userinfo(front);
      if (code === null) return { accessToken: front, refreshToken: null, idTokens };
      expect(code).toMatch(/^[\w-]{43,}$/);
      const redeemed = await run.token(
        { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...body },
        headers,
      );
      expect(redeemed.status).toBe(200);
      expect(redeemed.headers.get('cache-control')).toContain('no-store');
      const told = (await redeemed.json()) as Record<string, string>;
      expect(told.token_type).toBe('Bearer');
      expect(told.expires_in).toBeGreaterThan(0);
      const claims = await verified(String(told.id_token), sent.nonce);
      if (claims.at_hash !== undefined) expect(claims.at_hash).toBe(leftHalf(String(told.access_token)));
      idTokens.push(claims);
      expect(new Set(idTokens.map(({ sub }) => sub)).size).toBe(1);
      return { accessToken: String(told.access_token), refreshToken: told.refresh_token ?? null, idTokens };
    },
    async userinfo(accessToken) {
      const headers = { authorization: `Bearer ${accessToken}` };
      const response = await world.fetch(`/oauth2/userinfo/${APP_ID}`, { headers });
      expect(response.status).toBe(200);
      return (await response.json()) as Record<string, unknown>;
    },
  };

  async function verified(idToken: string, nonce: string | undefined): Promise<JWTPayload> {
    const { payload } = await jwtVerify(idToken, keys, { issuer, audience: CLIENT.loginName });
    expect(decodeProtectedHeader(idToken)).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    expect(payload.nonce).toBe(nonce);
    expect(payload.sub).toMatch(/.+/);
    expect(Math.abs(Number(payload.iat) - world.clock.now() / 1000)).toBeLessThan(300);
    expect(payload.acr).not.toBe('');
    return payload;
  }
  return run;
}

/** The way the answer must have taken, and no other. */
function answerOf(
  stop: Stop,
  { response_type: type = '', response_mode: mode }: Parameters,
): URLSearchParams {
  const isFront = /token/.test(type);
  if (mode === 'form_post') {
    expect([...stop.query, ...stop.fragment]).toEqual([]);
    return stop.form;
  }
  if (isFront) expect([...stop.query]).toEqual([]);
  return isFront ? stop.fragment : stop.query;
}

function expectSuccess({ reached, answer, sent }: Outcome, words: string[], issuer: string): void {
  expect(answer.get('error_description')).toBeNull();
  expect(reached).toBe(CALLBACK);
  expect(answer.get('state')).toBe(sent.state);
  expect(answer.get('iss')).toBe(issuer);
  expect(answer.has('code')).toBe(words.includes('code'));
  expect(answer.has('access_token')).toBe(words.includes('token'));
  expect(answer.has('id_token')).toBe(words.includes('id_token'));
}

/** An error that came back to the client, with its state and nothing to use. */
export function expectRefusal({ reached, answer, sent }: Outcome, errors: readonly string[]): void {
  expect(reached).toBe(CALLBACK);
  expect(errors).toContain(answer.get('error'));
  expect(answer.get('state')).toBe(sent.state);
  expect(['code', 'access_token', 'id_token'].filter((name) => answer.has(name))).toEqual([]);
}

/** A page of the server that names the error, with no way to the client. */
export function expectErrorPage({ reached, html, status }: Stop, error: string, wording: RegExp): void {
  expect(reached).toBeNull();
  expect(status).toBe(400);
  expect(html).toContain(`id="error-code">${error}`);
  expect(html).toMatch(wording);
}

function leftHalf(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}
