/** Three nodes behind a real nginx: one is killed and one paused in mid-load, and every change is obeyed by all in a second. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DECLARATION, PEOPLE, SERVICE } from './calls.mjs';
import { createClients } from './clients.mjs';
import { ADMIN, eventually, freePort, startNode } from './node.mjs';
import { createPostgres } from './postgres.mjs';
import { prepare } from './prepare.mjs';
import { needProgram } from './skipped.mjs';

const SECOND = 1_000;

function configuration(folder, port, nodes) {
  const servers = nodes.map(({ port: each }) => `server 127.0.0.1:${each} max_fails=1 fail_timeout=2s;`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  return `daemon off; worker_processes 1; pid ${join(folder, 'pid')}; error_log stderr error;
events { worker_connections 512; }
http {
  access_log off; ${paths.join(' ')}
  upstream nodes { ${servers.join(' ')} keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://nodes; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
      proxy_connect_timeout 1s; proxy_read_timeout 2s; proxy_next_upstream error timeout;
    }
  }
}
`;
}

async function startNginx(folder, nodes, stops) {
  const program = needProgram('nginx', 'nginx-light');
  const home = join(folder, 'nginx');
  mkdirSync(home);
  const port = await freePort();
  const file = join(home, 'nginx.conf');
  writeFileSync(file, configuration(home, port, nodes));
  const child = spawn(program, ['-c', file, '-p', home], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  stops.push(async () => {
    child.kill('SIGQUIT');
    await ended;
  });
  return port;
}

export async function manyNodes({ folder, short, say, stops }) {
  needProgram('nginx', 'nginx-light');
  const postgres = await createPostgres(folder);
  stops.push(() => postgres.stop());
  await postgres.start();
  await postgres.query('create database sallyport');
  const nodes = [];
  for (let count = 0; count < 3; count++) nodes.push({ port: await freePort() });
  const port = await startNginx(folder, nodes, stops);
  const host = `localhost:${port}`;
  const env = {
    SALLYPORT_DATABASE_URL: postgres.url('sallyport'),
    SALLYPORT_PUBLIC_URL: `http://${host}`,
    SALLYPORT_BEHIND_PROXY: '127.0.0.1',
  };
  // The load comes from one address, far more often than any one may.
  const unlimited = { ...env, SALLYPORT_RATE_LIMIT: 'off' };
  await prepare(folder, env);
  for (const node of nodes) {
    node.server = await startNode({ port: node.port, env });
    stops.push(() => node.server.stop());
  }
  const front = `http://${host}`;
  const clients = createClients(() => front);
  await eventually(() => clients.signIn());
  const within = withinASecond(nodes, say);
  await obeyedByAll(nodes, clients, within);
  await lockoutObeyed(nodes, within);
  await limitObeyed(nodes, within);
  for (const node of nodes) {
    await node.server.stop();
    node.server = await startNode({ port: node.port, env: unlimited });
  }
  await eventually(() => clients.signIn());

  clients.begin();
  await clients.work(short ? 300 : 5_000);
  await nodes[0].server.kill();
  clients.mark();
  say('one node is killed');
  await wait(short ? 500 : 3_000);
  nodes[1].server.signal('SIGSTOP');
  clients.mark();
  say('one node stands still');
  await wait(short ? 2_500 : 20_000);
  clients.mark();
  nodes[1].server.signal('SIGCONT');
  nodes[0].server = await startNode({ port: nodes[0].port, env: unlimited });
  say('all three are back');
  await clients.work(short ? 300 : 5_000);
  await clients.end();
  return clients.audit();
}

const on = (node, path, options = {}) => fetch(`http://127.0.0.1:${node.port}${path}`, options);

/** Answers how to ask every node but the first whether it obeys, and throws when one took longer than a second. */
function withinASecond([, ...others], say) {
  return async (what, isObeyed) => {
    const began = Date.now();
    const obeyed = (node) =>
      eventually(async () => {
        if (!(await isObeyed(node))) throw new Error(`${what} is not obeyed by every node`);
      }, 5 * SECOND);
    await Promise.all(others.map(obeyed));
    const took = Date.now() - began;
    say(`${what}: obeyed by all after ${took} ms`);
    if (took > SECOND) throw new Error(`${what} took ${took} ms`);
  };
}

/** A setting, the keys, a revocation and a role, each changed on one node and asked of every other. */
async function obeyedByAll(nodes, clients, within) {
  const [first, ...others] = nodes;
  const admin = { authorization: `Bearer ${(await attempt(first, ADMIN)).Auth}` };
  const token = await clients.issue();
  const service = {
    authorization: `Basic ${Buffer.from(`${SERVICE.id}:${SERVICE.secret}`).toString('base64')}`,
  };
  const introspected = async (node, value) => {
    const answer = await on(node, '/oauth2/introspect/opaque', {
      method: 'POST',
      headers: service,
      body: new URLSearchParams({ token: value }),
    });
    return (await answer.json()).active;
  };
  for (const node of others) await introspected(node, token);
  const keysOf = async (node) => (await (await on(node, '/oauth2/keys/web')).json()).keys.length;
  const before = await keysOf(first);
  for (const node of others) await keysOf(node);
  await on(first, '/api/v1/keys/rotate', {
    method: 'POST',
    headers: { ...admin, 'content-type': 'application/json' },
    body: '{}',
  });
  await within('a key rotation', async (node) => (await keysOf(node)) > before);

  const declare = async (declaration) => {
    const answer = await on(first, '/api/v1/declaration', {
      method: 'PUT',
      headers: { ...admin, 'content-type': 'application/json' },
      body: JSON.stringify(declaration),
    });
    if (answer.status !== 200) throw new Error(`declaration: ${answer.status} ${await answer.text()}`);
  };
  await declare({ tenant: { name: 'Renamed' } });
  const nameOn = async (node) => (await (await on(node, '/sysinfo/about')).json()).Result.Tenant;
  await within('a setting', async (node) => (await nameOn(node)) === 'Renamed');

  await on(first, '/oauth2/revoke/opaque', {
    method: 'POST',
    headers: service,
    body: new URLSearchParams({ token }),
  });
  await within('a revocation', async (node) => (await introspected(node, token)) === false);

  const other = await clients.issue();
  await declare({ roles: [{ name: 'Clients', members: [PEOPLE[0].loginName] }] });
  await within('a role taken away', async (node) => (await introspected(node, other)) !== true);
  await declare({ roles: DECLARATION.roles });
  clients.nextRound();
}

/** Guesses at one node slow the account down, from that address, on every other. */
async function lockoutObeyed([first], within) {
  const source = { 'x-forwarded-for': '203.0.113.9' };
  const guess = () => attempt(first, { ...PEOPLE[0], password: 'a wrong guess' }, source);
  // The fifth wrong answer costs a second, each one after it twice as much.
  for (let count = 0; count < 5; count++) await guess();
  for (const delay of [1_100, 2_100]) {
    await wait(delay);
    await guess();
  }
  const isSlowed = async (node) => (await attempt(node, PEOPLE[0], source)).Summary !== 'LoginSuccess';
  await within('a lockout', isSlowed);
  const elsewhere = await attempt(first, PEOPLE[0], { 'x-forwarded-for': '203.0.113.77' });
  if (elsewhere.Summary !== 'LoginSuccess') throw new Error('the lockout reaches beyond its address');
}

/** Too many knocks at one node are too many at every other. */
async function limitObeyed([first], within) {
  const headers = { 'x-forwarded-for': '203.0.113.10' };
  const isRefused = async (node) => (await on(node, '/login', { headers })).status === 429;
  // All in one window of a minute.
  const left = 60 * SECOND - (Date.now() % (60 * SECOND));
  if (left < 20 * SECOND) await wait(left);
  for (let count = 0; !(await isRefused(first)); count++)
    if (count > 1_000) throw new Error('a thousand knocks in a minute were not too many');
  await within('a rate limit', isRefused);
}

/** One sign-in by password, by the vendor's two calls: the result of the last. */
async function attempt(node, { loginName, password }, source = {}) {
  const headers = { 'content-type': 'application/json', 'x-centrify-native-client': '1', ...source };
  const post = async (path, body) =>
    (await (await on(node, path, { method: 'POST', headers, body: JSON.stringify(body) })).json()).Result;
  const started = await post('/security/startauthentication', { User: loginName, Version: '1.0' });
  return post('/security/advanceauthentication', {
    SessionId: started.SessionId,
    MechanismId: started.Challenges[0].Mechanisms[0].MechanismId,
    Action: 'Answer',
    Answer: password,
  });
}
