/** Fills in what the table only names: fresh codes and tokens, credentials, addresses. */
import { createPublicKey, type webcrypto } from 'node:crypto';
import { createDpopClient } from '../spec/support/dpop-client.js';
import {
  ADA,
  type Answer,
  basic,
  CHALLENGE,
  EVE,
  REDIRECT,
  redirectOf,
  SVC,
  VERIFIER,
  type World,
} from '../spec/support/world.js';
import { ADMIN } from '../support/server.js';
import { forgeries } from './forged.js';
import { openSink } from './sink.js';
import { NATIVE } from './table.js';

export interface Actors {
  /** Replaces each `{name}` in a text, first of all by what the row has `kept`. */
  fill(text: string, kept?: Readonly<Record<string, string>>): Promise<string>;
  /** What reached the sink. */
  asked: string[];
  close(): void;
}

const DECLARATION = {
  users: [
    {
      loginName: 'off@acme.test',
      email: 'off@acme.test',
      displayName: 'Off',
      password: ADA.password,
      enabled: false,
    },
    { loginName: 'manager@acme.test', email: 'm@acme.test', displayName: 'Manager', password: ADA.password },
    { loginName: 'keeper@acme.test', email: 'k@acme.test', displayName: 'Keeper', password: ADA.password },
  ],
  roles: [
    { name: 'Managers', rights: ['User Management', 'Role Management'], members: ['manager@acme.test'] },
  ],
  apps: [
    {
      applicationId: 'Other',
      name: 'Other',
      generalUsage: { redirects: [REDIRECT] },
      tokens: { authMethods: ['authCode', 'resourceOwner'], issueRefreshTokens: true },
      scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
      userAccess: { roles: ['Managers'] },
    },
    { applicationId: 'Disabled', name: 'Disabled', enabled: false, generalUsage: { redirects: [REDIRECT] } },
    {
      applicationId: 'Listed',
      name: 'Listed',
      generalUsage: { clientIdType: 'list', allowedClients: ['cli'], redirects: [REDIRECT] },
      userAccess: { roles: ['Developers'] },
    },
    { applicationId: 'Fresh', name: 'Fresh' },
    {
      applicationId: 'Devices',
      name: 'Devices',
      tokens: { authMethods: ['deviceCode'] },
      scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
      userAccess: { roles: ['Developers'] },
    },
    { applicationId: 'Invited', name: 'Invited', generalUsage: { registration: 'initialAccessToken' } },
    { applicationId: 'Open', name: 'Open', generalUsage: { registration: 'open' } },
    {
      applicationId: 'Told',
      name: 'Told',
      generalUsage: { redirects: [REDIRECT], registration: 'initialAccessToken' },
      scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
      userAccess: { roles: ['Developers'] },
    },
    {
      applicationId: 'Described',
      name: 'Described',
      generalUsage: {
        ...{ clientIdType: 'list', allowedClients: ['cli'], redirects: [REDIRECT] },
        clientMetadataDocuments: true,
      },
      scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
      userAccess: { roles: ['Developers'] },
    },
    {
      applicationId: 'Stored',
      name: 'Stored',
      generalUsage: { redirects: [REDIRECT] },
      scope: { userMustConfirm: true, definitions: [{ name: 'all', restRegex: ['.*'] }] },
      userAccess: { roles: ['Developers'] },
    },
  ],
};

export async function createActors(world: World): Promise<Actors> {
  await world.apply(DECLARATION);
  const sink = await openSink();
  const sinkUrl = `http://127.0.0.1:${sink.port}`;
  const session = await world.signIn(ADA);
  const administrator = await world.signIn({ loginName: ADMIN.user, password: ADMIN.password });
  const manager = await world.signIn({ loginName: 'manager@acme.test', password: ADA.password });
  const keeper = await world.signIn({ loginName: 'keeper@acme.test', password: ADA.password });
  const issued = await world.tokens(session.cookie);
  const { keys } = (await (await world.fetch('/oauth2/keys/MyApp')).json()) as {
    keys: webcrypto.JsonWebKey[];
  };
  const [jwk = {}] = keys;
  const pem = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
  const fixed: Record<string, string> = {
    ...forgeries(issued.access_token, { pem, jwk, sink: sinkUrl }),
    access: issued.access_token,
    cookie: session.cookie,
    handle: session.handle,
    admin: `Bearer ${administrator.handle}`,
    invitation: await invite(world, `Bearer ${administrator.handle}`),
    adminCookie: administrator.cookie,
    userAdmin: `Bearer ${manager.handle}`,
    keeper: keeper.handle,
    basic: basic().authorization ?? '',
    adaBasic: basic(ADA).authorization ?? '',
    ...{ ada: ADA.loginName, adaPassword: ADA.password, eve: EVE.loginName, evePassword: EVE.password },
    ...{ svc: SVC.loginName, secret: SVC.password, disabled: 'off@acme.test' },
    ...{ challenge: CHALLENGE, verifier: VERIFIER, flippedVerifier: VERIFIER.toUpperCase() },
    ...{ sink: sinkUrl, sinkPort: String(sink.port), port: `:${new URL(world.url).port}` },
  };

  const tokens = (parameters: Record<string, string> = {}) => world.tokens(session.cookie, parameters);
  const start = async (user: string) => {
    const response = await world.fetch('/security/startauthentication', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...NATIVE },
      body: JSON.stringify({ User: user, Version: '1.0' }),
    });
    const { Result } = (await response.json()) as {
      Result: { SessionId: string; Challenges: { Mechanisms: { MechanismId: string }[] }[] };
    };
    return { id: Result.SessionId, mechanism: Result.Challenges[0]?.Mechanisms[0]?.MechanismId ?? '' };
  };
  const refresh = async (refresh_token: string) =>
    (await (
      await world.token({ grant_type: 'refresh_token', client_id: 'cli', refresh_token })
    ).json()) as Answer;

  /** Made anew for every request that names one. */
  const fresh: Record<string, () => Promise<string>> = {
    code: () => world.code(session.cookie),
    codeWithoutPkce: async () => {
      const none = { code_challenge: undefined, code_challenge_method: undefined };
      return world.code(session.cookie, { ...none, client_id: SVC.loginName });
    },
    usedCode: async () => {
      const code = await world.code(session.cookie);
      await world.redeem(code);
      return code;
    },
    refresh: async () => (await tokens()).refresh_token,
    narrowRefresh: async () => (await tokens({ scope: 'whoami' })).refresh_token,
    replacedRefresh: async () => {
      const first = (await tokens()).refresh_token;
      await refresh((await refresh(first)).refresh_token);
      return first;
    },
    narrow: async () => (await tokens({ scope: 'whoami' })).access_token,
    openid: async () => (await tokens({ scope: 'openid' })).access_token,
    idToken: async () => (await tokens({ scope: 'openid' })).id_token,
    revoked: async () => {
      const { access_token: token } = await tokens();
      await world.form('/oauth2/revoke/MyApp', { token, client_id: 'cli' });
      return token;
    },
    orphaned: async () => {
      const { access_token, refresh_token: token } = await tokens();
      await world.form('/oauth2/revoke/MyApp', { token, client_id: 'cli' });
      return access_token;
    },
    otherAccess: async () => {
      const response = await world.authorize({}, { cookie: manager.cookie }, 'Other');
      const code = redirectOf(response).parameters.get('code') ?? '';
      const fields = { grant_type: 'authorization_code', client_id: 'cli', code, redirect_uri: REDIRECT };
      const answer = await world.token({ ...fields, code_verifier: VERIFIER }, {}, 'Other');
      return ((await answer.json()) as Answer).access_token;
    },
    ...(await createHolders(world, session.cookie)),
    otherLoginId: async () => (await start(EVE.loginName)).id,
  };
  const kept = new Map<string, Promise<{ id: string; mechanism: string }>>();
  /** A sign-in under way: its id first, then the mechanism of that same one. */
  const login = (whose: string, user: string, part: 'id' | 'mechanism') => async () => {
    if (part === 'id') kept.set(whose, start(user));
    const begun = await (kept.get(whose) ?? start(user));
    return begun[part];
  };
  let leaving = '';
  Object.assign(fresh, {
    /** A session of its own; the same once more. */
    leaving: async () => {
      leaving = (await world.signIn(ADA)).cookie;
      return leaving;
    },
    left: async () => leaving,
    loginId: login('ada', ADA.loginName, 'id'),
    mechanism: login('ada', ADA.loginName, 'mechanism'),
    svcLoginId: login('svc', SVC.loginName, 'id'),
    svcMechanism: login('svc', SVC.loginName, 'mechanism'),
    keeperLoginId: login('keeper', 'keeper@acme.test', 'id'),
    keeperMechanism: login('keeper', 'keeper@acme.test', 'mechanism'),
    sameLoginId: login('same', ADA.loginName, 'id'),
    sameMechanism: login('same', ADA.loginName, 'mechanism'),
    sameCode: fresh.code,
    sameRefresh: fresh.refresh,
    sameDevice: once(fresh.device),
  });

  return {
    asked: sink.asked,
    async fill(text, kept = {}) {
      let filled = text;
      for (const [whole, name = ''] of text.matchAll(/\{(\w+)\}/g)) {
        const make = fresh[name];
        const value = kept[name] ?? (make ? await make() : fixed[name]);
        if (value !== undefined) filled = filled.replace(whole, () => value);
      }
      return filled;
    },
    close: () => sink.close(),
  };
}

/** What lets clients register with `Told`, made as an administrator makes it. */
async function invite(world: World, authorization: string): Promise<string> {
  const response = await world.fetch('/api/v1/apps/Told/registration-tokens', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Partners', lifetime: '365d' }),
  });
  return `Bearer ${((await response.json()) as { token: string }).token}`;
}

/** The same one each time it is named. */
function once(make: (() => Promise<string>) | undefined): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => {
    made ??= make?.() ?? Promise.resolve('');
    return made;
  };
}

/** Clients with a key, on a television, and registered by themselves. */
async function createHolders(world: World, cookie: string): Promise<Record<string, () => Promise<string>>> {
  const [key, another] = [await createDpopClient(), await createDpopClient()];
  const url = `${world.url}/oauth2/token/MyApp`;
  const api = `${world.url}/security/whoami`;
  type Request = Partial<Parameters<typeof key.proof>[0]>;
  const prove =
    (request: Request = {}, by = key) =>
    () =>
      by.proof({ url, nonce: world.core.dpop.nonce(), iat: world.clock.now(), ...request });
  const answerOf = async (response: Response) => (await response.json()) as Record<string, string>;
  const service = { grant_type: 'client_credentials', scope: 'all' };
  const device = async () => {
    // One address may begin so many only.
    world.clock.advance(60_000);
    return answerOf(await world.form('/oauth2/device/Devices', { client_id: 'tv', scope: 'all' }));
  };
  const registered = async () => {
    const body = JSON.stringify({ redirect_uris: [REDIRECT] });
    const headers = { 'content-type': 'application/json' };
    return answerOf(await world.fetch('/oauth2/register/Open', { method: 'POST', headers, body }));
  };
  return {
    dpop: prove(),
    dpopWrongUrl: prove({ url: api }),
    dpopWrongMethod: prove({ method: 'GET' }),
    dpopOld: () => prove({ iat: world.clock.now() - 3_600_000 })(),
    dpopEarly: () => prove({ iat: world.clock.now() + 3_600_000 })(),
    dpopPrivate: prove({ header: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } }),
    dpopOtherType: prove({ header: { typ: 'JWT' } }),
    dpopNoNonce: () => prove({ nonce: null })(),
    dpopForeignNonce: prove({ nonce: 'guess' }),
    dpopOtherAth: prove({ url: api, token: 'another token' }),
    dpopNoAth: prove({ url: api }),
    dpopOfAnother: prove({}, another),
    bound: async () => {
      const headers = { ...basic(), dpop: await prove()() };
      return (await answerOf(await world.token(service, headers))).access_token ?? '';
    },
    boundCode: () => world.code(cookie, { dpop_jkt: key.jkt }),
    device: async () => (await device()).device_code ?? '',
    userCode: async () => (await device()).user_code ?? '',
    registered: async () => (await registered()).client_id ?? '',
    otherRegistration: async () => (await registered()).registration_access_token ?? '',
  };
}
