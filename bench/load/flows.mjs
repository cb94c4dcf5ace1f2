/**
 * What one virtual user does. `enter` prepares by asking, unmeasured, or `make` without; `visit` is counted and timed
 * as a whole and answers false when there is nothing left to do. `enter` and `visit` are generators: they yield a
 * request and are given its answer. Every answer is looked at; a wrong one is thrown and counted as an error.
 */
import { createHash, randomBytes } from 'node:crypto';
import { header } from './connection.mjs';
import { form, get, json } from './requests.mjs';

/** Opaque tokens each user introspects in turn. */
const TOKENS_KEPT = 8;

function expectStatus(answer, status) {
  if (answer.status !== status) throw new Error(`${answer.status}: ${answer.body.slice(0, 300)}`);
  return answer;
}

function parsed(answer) {
  return JSON.parse(expectStatus(answer, 200).body);
}

function clientCredentials(target, { token, client, fields }) {
  return form(target, token, client, { grant_type: 'client_credentials', ...fields });
}

function* accessToken(target, app) {
  return tokenOf(yield clientCredentials(target, app));
}

const tokenOf = (answer) => parsed(answer).access_token;

/** A code on the user's session, by one authorization request. @see RFC 6749 section 4.1.1, RFC 7636 */
function* authorize(target, user) {
  const { authorize, client, redirectUri, scope } = target.code;
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    scope,
    state: 'bench',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const answer = yield get(target, `${authorize}?${query}`, `cookie: ${target.cookies[user]}\r\n`);
  const location = header(answer.head, 'location') ?? '';
  const code = location.startsWith(redirectUri) ? new URL(location).searchParams.get('code') : null;
  if (!code) throw new Error(`no code: ${answer.status} ${location} ${answer.body.slice(0, 300)}`);
  return { code, verifier };
}

/** Code for tokens: two signatures and one durable transaction. @see RFC 6749 section 4.1.3 */
function* redeem(target, { code, verifier }) {
  const { token, client, redirectUri } = target.code;
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  };
  const tokens = parsed(yield form(target, token, client, fields));
  if (!tokens.id_token || !tokens.refresh_token)
    throw new Error(`tokens are missing: ${Object.keys(tokens)}`);
  return tokens;
}

/** One request again and again; `look` throws at a wrong answer. */
const repeated = (start, look) => ({
  ...start,
  *visit(_target, request) {
    look(expectStatus(yield request, 200));
  },
});

/** A fixed document. */
const document = (name) => repeated({ make: (target) => get(target, target[name]) }, () => undefined);

/** Tokens of the app `name`. */
const issue = (name, look) =>
  repeated({ make: (target) => clientCredentials(target, target[name]) }, (answer) => look(tokenOf(answer)));

/** A scoped call of the server's own API with a token of the app `name`. */
const scopedCall = (name) =>
  repeated(
    {
      *enter(target) {
        const token = yield* accessToken(target, target[name]);
        return get(target, target.api, `authorization: Bearer ${token}\r\nx-centrify-native-client: 1\r\n`);
      },
    },
    ({ body }) => {
      if (!body.includes('"success":true')) throw new Error(body.slice(0, 300));
    },
  );

/** @type {Record<string, {enter?: Function, make?: Function, visit: Function}>} */
export const FLOWS = {
  'cc-jwt': issue('jwt', (token) => {
    if (token.split('.').length !== 3) throw new Error('not a JWT');
  }),
  'cc-opaque': issue('opaque', (token) => {
    if (token.includes('.')) throw new Error('not an opaque token');
  }),
  introspect: {
    *enter(target) {
      const { introspect, client } = target.opaque;
      const requests = [];
      while (requests.length < TOKENS_KEPT)
        requests.push(form(target, introspect, client, { token: yield* accessToken(target, target.opaque) }));
      return { requests, turn: 0 };
    },
    *visit(_target, tokens) {
      const answer = expectStatus(yield tokens.requests[tokens.turn++ % TOKENS_KEPT], 200);
      if (!answer.body.includes('"active":true')) throw new Error(answer.body.slice(0, 300));
    },
  },
  keys: document('keys'),
  discovery: document('discovery'),
  redeem: {
    *enter(target, { user, stock }) {
      const codes = [];
      while (codes.length < stock) codes.push(yield* authorize(target, user));
      return codes;
    },
    *visit(target, codes) {
      const code = codes.pop();
      if (!code) return false;
      yield* redeem(target, code);
      return true;
    },
  },
  authorize: {
    *visit(target, _state, { user }) {
      yield* redeem(target, yield* authorize(target, user));
    },
  },
  refresh: {
    *enter(target, { user }) {
      return { token: (yield* redeem(target, yield* authorize(target, user))).refresh_token };
    },
    *visit(target, family) {
      const { token, client } = target.code;
      const fields = { grant_type: 'refresh_token', refresh_token: family.token };
      const { refresh_token } = parsed(yield form(target, token, client, fields));
      if (!refresh_token || refresh_token === family.token) throw new Error('not rotated');
      family.token = refresh_token;
    },
  },
  'call-jwt': scopedCall('jwt'),
  'call-opaque': scopedCall('opaque'),
  lists: {
    /** One person alone: what a page takes, not how long it waits for others. */
    *visit(target, _state, { user }) {
      const path = target.lists[Math.floor(Math.random() * target.lists.length)];
      expectStatus(yield get(target, path, `cookie: ${target.cookies[user]}\r\n`), 200);
    },
  },
  password: {
    *visit(target) {
      const { path, client, fields } = target.password;
      expectStatus(yield form(target, path, client, fields), 200);
    },
  },
  dance: {
    *visit(target) {
      const { user, password } = target.dance;
      const started = parsed(
        yield json(target, '/Security/StartAuthentication', { User: user, Version: '1.0' }),
      );
      const { SessionId, Challenges } = started.Result;
      const { MechanismId } = Challenges[0].Mechanisms[0];
      const answer = { SessionId, MechanismId, Action: 'Answer', Answer: password };
      const advanced = parsed(yield json(target, '/Security/AdvanceAuthentication', answer));
      if (advanced.Result?.Summary !== 'LoginSuccess')
        throw new Error(JSON.stringify(advanced).slice(0, 300));
    },
  },
};
