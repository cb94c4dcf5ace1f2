/**
 * Clients at work, and the ledger of what they were answered: tokens that must be honoured, revocations that must hold,
 * codes and refresh tokens that must not work twice. Only an answer that arrived counts as acknowledged.
 */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

export const PERSON = { loginName: 'ada@acme.test', password: 'lovelace engine 1843' };
export const SERVICE = { id: 'svc@acme.test', secret: 'a secret of the service 7' };
const REDIRECT = 'http://127.0.0.1/callback';
const VERIFIER = 'a-verifier-of-forty-three-characters-or-more-0';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const definitions = [{ name: 'all', description: 'Everything', restRegex: ['.*'] }];
const userAccess = { roles: ['Clients'] };

export const DECLARATION = {
  tenant: { loginSuffixes: ['acme.test'] },
  users: [
    { loginName: PERSON.loginName, email: PERSON.loginName, displayName: 'Ada', password: PERSON.password },
    {
      loginName: SERVICE.id,
      email: SERVICE.id,
      displayName: 'Service',
      password: SERVICE.secret,
      confidentialClient: true,
    },
  ],
  roles: [{ name: 'Clients', members: [PERSON.loginName, SERVICE.id] }],
  apps: [
    {
      applicationId: 'opaque',
      name: 'opaque',
      tokens: { type: 'opaque', authMethods: ['clientCreds'] },
      scope: { definitions },
      userAccess,
    },
    {
      applicationId: 'web',
      name: 'web',
      generalUsage: { redirects: [REDIRECT] },
      tokens: { authMethods: ['authCode'], issueRefreshTokens: true, codeLifetime: '10m' },
      scope: { definitions },
      userAccess,
    },
  ],
};

const PATIENCE = 3_000;
const BASIC = `Basic ${Buffer.from(`${SERVICE.id}:${SERVICE.secret}`).toString('base64')}`;

/** @param {() => string} base where the next request goes: another node each time, if there are several */
export function createClients(base, host) {
  const ledger = {
    opaque: new Set(),
    revoked: new Set(),
    spentCodes: [],
    chains: [],
    acknowledged: 0,
    doubleSpent: 0,
    unexpected: [],
  };
  let working = false;
  let cookie = '';

  /** Null where no answer came, or one that says to come again. */
  async function ask(path, { form, json, headers = {} } = {}) {
    try {
      const response = await fetch(`${base()}${path}`, {
        method: form || json ? 'POST' : 'GET',
        redirect: 'manual',
        headers: {
          ...(host ? { host } : {}),
          ...(json ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
        body: form ? new URLSearchParams(form) : json ? JSON.stringify(json) : undefined,
        signal: AbortSignal.timeout(PATIENCE),
      });
      const text = await response.text();
      if (response.status === 502 || response.status === 503 || response.status === 504) return null;
      if (response.status >= 500) ledger.unexpected.push(`${path}: ${response.status} ${text.slice(0, 200)}`);
      return { status: response.status, headers: response.headers, body: parse(text) };
    } catch {
      return null;
    }
  }

  async function signIn() {
    const native = { 'x-centrify-native-client': '1' };
    const started = await ask('/security/startauthentication', {
      json: { User: PERSON.loginName, Version: '1.0' },
      headers: native,
    });
    const { SessionId, Challenges } = started?.body.Result ?? {};
    const MechanismId = Challenges?.[0]?.Mechanisms[0]?.MechanismId;
    const answer = { SessionId, MechanismId, Action: 'Answer', Answer: PERSON.password };
    const done = await ask('/security/advanceauthentication', { json: answer, headers: native });
    const line = done?.headers.getSetCookie().find((each) => each.startsWith('.ASPXAUTH='));
    if (!line) throw new Error('the sign-in failed');
    cookie = line.split(';', 1)[0];
  }

  const token = (app, form, headers) => ask(`/oauth2/token/${app}`, { form, headers });
  const introspect = (value) =>
    ask('/oauth2/introspect/opaque', { form: { token: value }, headers: { authorization: BASIC } });
  const revoke = (value) =>
    ask('/oauth2/revoke/opaque', { form: { token: value }, headers: { authorization: BASIC } });
  const rotate = (refresh_token) =>
    token('web', { grant_type: 'refresh_token', client_id: 'cli', refresh_token });

  async function newCode() {
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: 'cli', redirect_uri: REDIRECT, scope: 'all', state: 's' },
      ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256' },
    });
    const answer = await ask(`/oauth2/authorize/web?${query}`, { headers: { cookie } });
    const location = answer?.headers.get('location') ?? '';
    return location.startsWith(REDIRECT) ? new URL(location).searchParams.get('code') : null;
  }
  const redeem = (code) =>
    token('web', {
      grant_type: 'authorization_code',
      client_id: 'cli',
      code,
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
    });

  async function issue() {
    const answer = await token(
      'opaque',
      { grant_type: 'client_credentials', scope: 'all' },
      { authorization: BASIC },
    );
    if (answer?.status !== 200) return null;
    ledger.acknowledged++;
    ledger.opaque.add(answer.body.access_token);
    return answer.body.access_token;
  }

  async function issueAndRevoke() {
    const value = await issue();
    if (value === null) return;
    // Whether it is still good is not known until the answer is there.
    ledger.opaque.delete(value);
    const answer = await revoke(value);
    if (answer?.status !== 200) return;
    ledger.acknowledged++;
    ledger.revoked.add(value);
  }

  async function beginChain() {
    const code = await newCode();
    if (code === null) return;
    ledger.acknowledged++;
    const answer = await redeem(code);
    if (answer?.status !== 200) return;
    ledger.acknowledged++;
    ledger.chains.push({ code, tokens: [answer.body.refresh_token], busy: false });
  }

  /** A client that got no answer asks again with the same token, as long as its patience lasts. */
  async function rotateChain(chain) {
    if (chain.busy) return;
    chain.busy = true;
    for (const end = Date.now() + 8_000; Date.now() < end; await wait(100)) {
      const answer = await rotate(chain.tokens.at(-1));
      if (answer === null) continue;
      if (answer.status === 200) {
        ledger.acknowledged++;
        chain.tokens.push(answer.body.refresh_token);
      } else chain.broken = `${answer.status} ${JSON.stringify(answer.body)}`;
      break;
    }
    chain.busy = false;
  }

  async function client(number) {
    for (let turn = number; working; turn++) {
      if (turn % 6 === 0) await beginChain();
      else if (turn % 6 === 1) await issueAndRevoke();
      else if (turn % 6 === 2 && ledger.chains.length > 0) {
        const chain = ledger.chains[turn % ledger.chains.length];
        if (!chain.broken) await rotateChain(chain);
      } else if ((await issue()) === null) await wait(20);
    }
  }

  let clients = [];
  return {
    ledger,
    signIn,
    ask,
    issue,
    introspect,
    begin(count = 8) {
      working = true;
      clients = Array.from({ length: count }, (_, number) => client(number));
    },
    /** Lets the clients work for `milliseconds`, and longer until they were answered `least` times more. */
    async work(milliseconds, least = 40) {
      const wanted = ledger.acknowledged + least;
      await wait(milliseconds);
      for (const end = Date.now() + 20_000; ledger.acknowledged < wanted && Date.now() < end; )
        await wait(50);
    },
    async end() {
      working = false;
      await Promise.all(clients);
    },
    /** Compares the ledger with what the server now says; `limit` bounds the questions of each kind. */
    async audit(limit = 500) {
      const faults = [...ledger.unexpected];
      let lost = 0;
      for (const chain of ledger.chains.slice(-limit)) {
        if (!chain.broken) await rotateChain(chain);
        if (!chain.broken) continue;
        lost++;
        faults.push(`a refresh token is not honoured: ${chain.broken}`);
      }
      lost += await count(
        [...ledger.opaque].slice(-limit),
        async (value) => (await answered(() => introspect(value))).active !== true,
      );
      const undone = await count(
        [...ledger.revoked].slice(-limit),
        async (value) => (await answered(() => introspect(value))).active !== false,
      );
      lost += undone;
      if (undone > 0) faults.push(`${undone} revocations do not hold`);
      for (const { code } of ledger.chains.slice(-limit)) {
        const again = await answered(() => redeem(code));
        if (again.access_token) ledger.doubleSpent++;
      }
      ledger.chains.length = 0;
      for (const fault of faults.slice(0, 5)) console.log(`  ${fault}`);
      return {
        acknowledged: ledger.acknowledged,
        lost: lost + ledger.unexpected.length,
        doubleSpent: ledger.doubleSpent,
      };
    },
    /** Forgets what a round has checked, but not how much it was. */
    nextRound() {
      ledger.opaque.clear();
      ledger.revoked.clear();
      ledger.unexpected.length = 0;
    },
  };
}

async function answered(attempt) {
  for (const end = Date.now() + 15_000; Date.now() < end; await wait(100)) {
    const answer = await attempt();
    if (answer) return answer.body;
  }
  throw new Error('no answer within 15 s');
}

async function count(items, isBad) {
  let bad = 0;
  for (let at = 0; at < items.length; at += 16) {
    const verdicts = await Promise.all(items.slice(at, at + 16).map(isBad));
    bad += verdicts.filter(Boolean).length;
  }
  return bad;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
