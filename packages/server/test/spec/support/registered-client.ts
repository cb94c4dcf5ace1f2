/** A client that registers itself, with a key of its own, and the flows that it takes. */
import { randomUUID } from 'node:crypto';
import {
  createRemoteJWKSet,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { expect } from 'vitest';
import { type Answers, createBrowser, type Stop } from '../conformance/browser.js';
import { JWT_BEARER } from './signing-client.js';
import { ADA, CHALLENGE, VERIFIER, type World } from './world.js';

export interface ClientKey {
  kid: string;
  jwk: JWK;
  sign(claims: JWTPayload, now: number): Promise<string>;
}

export async function newKey(kid: string): Promise<ClientKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  return {
    kid,
    jwk,
    sign: (claims, now) =>
      new SignJWT({ iat: now, ...claims }).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey),
  };
}

/** An answer of the registration endpoint. */
export type Registered = Record<string, unknown> & {
  client_id: string;
  client_secret: string;
  registration_access_token: string;
  registration_client_uri: string;
};

export interface Registrar {
  /** The bare answer to a registration. */
  post(metadata: object, token?: string | null): Promise<Response>;
  register(metadata: object): Promise<Registered>;
}

/** Registers with the app by an initial access token. */
export function registrarOf(world: World, applicationId: string, initial: string): Registrar {
  const registrar: Registrar = {
    post: (metadata, token = initial) =>
      world.fetch(`/oauth2/register/${applicationId}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(metadata),
      }),
    async register(metadata) {
      const response = await registrar.post(metadata);
      const answer = (await response.json()) as Registered;
      expect([response.status, answer.error_description]).toEqual([201, undefined]);
      expect(response.headers.get('cache-control')).toContain('no-store');
      return answer;
    },
  };
  return registrar;
}

/** A request to the client's own registration. */
export function manage(world: World, client: Registered, method: string, body?: object): Promise<Response> {
  return world.fetch(client.registration_client_uri, {
    method,
    headers: {
      authorization: `Bearer ${client.registration_access_token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

export interface Flow {
  world: World;
  applicationId: string;
  clientId: string;
  redirectUri: string;
  /** What the client adds to a request of the token endpoint to prove itself. */
  proof(): Promise<{ fields?: Record<string, string>; headers?: Record<string, string> }>;
  person?: { loginName: string; password: string };
}

const ALLOWED = (person: { loginName: string; password: string }): Answers => ({
  signin: { username: person.loginName, password: person.password },
  allow: {},
});

/** The authorization, in a browser that signs in and allows. */
export async function authorize(
  { world, applicationId, clientId, redirectUri, person = ADA }: Flow,
  parameters: Record<string, string | undefined> = {},
  answers = ALLOWED(person),
): Promise<Stop> {
  const fields = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 'state',
    nonce: 'nonce',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...parameters,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, value);
  return createBrowser(world.url).open(`/oauth2/authorize/${applicationId}?${query}`, answers);
}

export async function tokenRequest(flow: Flow, fields: Record<string, string>): Promise<Response> {
  const proof = await flow.proof();
  return flow.world.token({ ...fields, ...proof.fields }, proof.headers, flow.applicationId);
}

/** Code, tokens, and the checked claims of the ID token. */
export async function complete(flow: Flow, parameters: Record<string, string | undefined> = {}) {
  const stop = await authorize(flow, parameters);
  expect([stop.reached, stop.query.get('error_description')]).toEqual([
    flow.redirectUri.split('?', 1)[0],
    null,
  ]);
  const response = await tokenRequest(flow, {
    grant_type: 'authorization_code',
    code: stop.query.get('code') ?? '',
    redirect_uri: flow.redirectUri,
    code_verifier: VERIFIER,
  });
  const tokens = (await response.json()) as Record<string, string>;
  expect([response.status, tokens.error_description]).toEqual([200, undefined]);
  const { world, applicationId, clientId } = flow;
  const keys = createRemoteJWKSet(new URL(`${world.url}/oauth2/keys/${applicationId}`));
  const { payload, protectedHeader } = await jwtVerify(String(tokens.id_token), keys, {
    issuer: `${world.url}/${applicationId}/`,
    audience: clientId,
    currentDate: new Date(world.clock.now()),
  });
  return { stop, tokens, claims: payload, header: protectedHeader };
}

/** The secret of a client as the key of its assertions. */
export function secretKey({ client_secret: secret }: Registered): Pick<ClientKey, 'sign'> {
  return {
    sign: (claims, now) =>
      new SignJWT({ iat: now, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret)),
  };
}

/** Proof by private_key_jwt, or client_secret_jwt. @see OpenID Connect Core 1.0 section 9 */
export function signedProof(
  world: World,
  applicationId: string,
  clientId: string,
  key: () => Pick<ClientKey, 'sign'>,
) {
  return async (claims: JWTPayload = {}) => {
    const now = Math.floor(world.clock.now() / 1000);
    const own = { iss: clientId, sub: clientId, aud: `${world.url}/${applicationId}/`, jti: randomUUID() };
    const assertion = await key().sign({ ...own, exp: now + 60, ...claims }, now);
    return { fields: { client_assertion_type: JWT_BEARER, client_assertion: assertion } };
  };
}
