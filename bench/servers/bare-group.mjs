/**
 * The ceiling `bare-group-full`: the least a server can do whose answers are durable. Client, PKCE and code are
 * checked; secrets, codes and tokens are stored hashed; writes are grouped; JWTs are signed on the thread pool.
 * Usage: bare-group.mjs FOLDER
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { openGroupWriter } from './group-writer.mjs';
import { signAsync } from './jwt.mjs';
import { answer, readForm, serve } from './serve.mjs';

const LIFETIME = 3_600_000;
const sha256 = (text) => createHash('sha256').update(text).digest('base64url');
const secret = () => randomBytes(32).toString('base64url');
const clients = new Map([['service@bench.test', Buffer.from(sha256('bench client secret'))]]);

const { prepare, write } = openGroupWriter(
  join(process.argv[2], 'bare.db'),
  `create table if not exists tokens (hash text primary key, client text, scope text, expires int) without rowid;
   create table if not exists sessions (hash text primary key, user text, expires int) without rowid;
   create table if not exists codes (hash text primary key, client text, user text, redirect text, challenge text,
     expires int, redeemed int) without rowid;
   create table if not exists refresh (hash text primary key, client text, user text, expires int, replaced int)
     without rowid;`,
);
const sql = {
  insertToken: prepare('insert into tokens values (?, ?, ?, ?)'),
  findToken: prepare('select * from tokens where hash = ?'),
  insertSession: prepare('insert into sessions values (?, ?, ?)'),
  findSession: prepare('select * from sessions where hash = ?'),
  insertCode: prepare('insert into codes values (?, ?, ?, ?, ?, ?, 0)'),
  findCode: prepare('select * from codes where hash = ?'),
  redeemCode: prepare('update codes set redeemed = 1 where hash = ? and redeemed = 0'),
  insertRefresh: prepare('insert into refresh values (?, ?, ?, ?, 0)'),
  findRefresh: prepare('select * from refresh where hash = ?'),
  replaceRefresh: prepare('update refresh set replaced = 1 where hash = ? and replaced = 0'),
};

function clientOf(request) {
  const [id, given] = Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64')
    .toString()
    .split(':');
  const stored = clients.get(id);
  return stored && timingSafeEqual(stored, Buffer.from(sha256(given))) ? id : null;
}

async function issueOpaque(client) {
  const token = secret();
  await write(() => sql.insertToken.run(sha256(token), client, 'all', Date.now() + LIFETIME));
  return { access_token: token, token_type: 'Bearer', expires_in: 3600, scope: 'all' };
}

/** Spends what was presented and stores a refresh token in one transaction, then signs two tokens. */
async function issueTokens(client, user, spend) {
  const refresh = secret();
  const spent = await write(() => {
    if (spend().changes !== 1) return false;
    sql.insertRefresh.run(sha256(refresh), client, user, Date.now() + LIFETIME);
    return true;
  });
  if (!spent) return null;
  const [access, id] = await Promise.all([signAsync('at+jwt', user), signAsync('JWT', user)]);
  const bearer = { token_type: 'Bearer', expires_in: 3600, scope: 'openid' };
  return { access_token: access, id_token: id, refresh_token: refresh, ...bearer };
}

const grants = {
  client_credentials: issueOpaque,
  authorization_code(client, form) {
    const hash = sha256(form.get('code'));
    const code = sql.findCode.get(hash);
    const isGood =
      code?.client === client &&
      code.redirect === form.get('redirect_uri') &&
      code.expires > Date.now() &&
      code.challenge === sha256(form.get('code_verifier'));
    return isGood ? issueTokens(client, code.user, () => sql.redeemCode.run(hash)) : null;
  },
  refresh_token(client, form) {
    const hash = sha256(form.get('refresh_token'));
    const token = sql.findRefresh.get(hash);
    const isGood = token?.client === client && token.expires > Date.now();
    return isGood ? issueTokens(client, token.user, () => sql.replaceRefresh.run(hash)) : null;
  },
};

function introspect(form) {
  const token = sql.findToken.get(sha256(form.get('token')));
  if (!token || token.expires <= Date.now()) return { active: false };
  return { active: true, client_id: token.client, scope: token.scope, exp: Math.floor(token.expires / 1000) };
}

async function authorize(request, response) {
  const query = new URL(request.url, 'http://localhost').searchParams;
  const session = sql.findSession.get(sha256(request.headers.cookie?.split('=')[1] ?? ''));
  if (!session || !clients.has(query.get('client_id'))) return answer(response, 400, '{}');
  const code = secret();
  const { user } = session;
  const [client, redirect, challenge] = ['client_id', 'redirect_uri', 'code_challenge'].map((n) =>
    query.get(n),
  );
  await write(() =>
    sql.insertCode.run(sha256(code), client, user, redirect, challenge, Date.now() + LIFETIME),
  );
  const location = `${redirect}?code=${code}&state=${query.get('state')}`;
  response.writeHead(302, { location, 'content-length': 0 }).end();
}

async function signIn(response) {
  const cookie = secret();
  await write(() => sql.insertSession.run(sha256(cookie), 'ada', Date.now() + LIFETIME));
  response.writeHead(200, { 'set-cookie': `session=${cookie}`, 'content-length': 0 }).end();
}

serve((request, response) => {
  if (request.url.startsWith('/authorize?')) return authorize(request, response);
  if (request.url === '/session') return signIn(response);
  if (request.url === '/keys') return answer(response, 200, '{"keys":[]}');
  readForm(request, async (form) => {
    const client = clientOf(request);
    if (!client) return answer(response, 401, { error: 'invalid_client' });
    if (request.url === '/introspect') return answer(response, 200, introspect(form));
    const tokens = await grants[form.get('grant_type')](client, form);
    answer(response, tokens ? 200 : 400, tokens ?? { error: 'invalid_grant' });
  });
});
