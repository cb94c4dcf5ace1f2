/** Two nodes over one PostgreSQL: it is restarted, replaced by its standby, and one node stands still. */
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createClients } from './clients.mjs';
import { eventually, freePort, startNode } from './node.mjs';
import { createPostgres, REPLICATION } from './postgres.mjs';
import { prepare } from './prepare.mjs';

/** Two nodes that answer to one public URL, and clients that ask them in turn. */
async function twoNodes({ folder, stops }, databaseUrl) {
  const ports = [await freePort(), await freePort()];
  const env = { SALLYPORT_DATABASE_URL: databaseUrl, SALLYPORT_PUBLIC_URL: `http://localhost:${ports[0]}` };
  await prepare(folder, env);
  const nodes = [];
  for (const [at, port] of ports.entries()) {
    nodes.push(await startNode({ port, env }));
    stops.push(() => nodes[at].stop());
  }
  let turn = 0;
  const clients = createClients(() => nodes[turn++ % nodes.length].url);
  await clients.signIn();
  return {
    nodes,
    clients,
    /** What a node remembers must not answer for what the database has lost. */
    async startAnew() {
      await Promise.all(nodes.map((node) => node.stop()));
      for (const [at, port] of ports.entries()) nodes[at] = await startNode({ port, env });
    },
  };
}

async function withPostgres({ folder, stops }, programs) {
  const postgres = await createPostgres(folder, { programs });
  stops.push(() => postgres.stop());
  await postgres.start();
  await postgres.query('create database sallyport');
  return postgres;
}

export async function postgresRestart(context) {
  const { short, say } = context;
  const postgres = await withPostgres(context);
  const { clients, startAnew } = await twoNodes(context, postgres.url('sallyport'));
  clients.begin();
  await clients.work(short ? 300 : 5_000);
  await postgres.crash();
  clients.mark();
  say('PostgreSQL is gone');
  await wait(short ? 300 : 3_000);
  await postgres.start();
  say('PostgreSQL is back');
  await clients.work(short ? 300 : 5_000);
  await clients.end();
  await eventually(async () => {
    if ((await clients.issue()) === null) throw new Error('no token after the restart');
  });
  await startAnew();
  return clients.audit();
}

export async function failover(context) {
  const { folder, short, say, stops } = context;
  const primary = await withPostgres(context, REPLICATION);
  const standby = await createPostgres(folder, { programs: REPLICATION, standbyOf: primary });
  stops.push(() => standby.stop());
  await standby.start();
  await primary.waitForStandby();
  const door = await openDoor(primary.port);
  stops.push(() => door.close());
  const url = new URL(primary.url('sallyport'));
  url.port = String(door.port);
  const { clients, startAnew } = await twoNodes(context, url.href);
  clients.begin();
  await clients.work(short ? 300 : 5_000);
  await primary.crash();
  clients.mark();
  standby.promote();
  door.leadTo(standby.port);
  say('the standby has taken over');
  await clients.work(short ? 300 : 5_000);
  await clients.end();
  await eventually(async () => {
    if ((await clients.issue()) === null) throw new Error('no token after the failover');
  });
  await startAnew();
  return clients.audit();
}

/** What a floating address does: connections lead to one server, later to another. */
async function openDoor(first) {
  let target = first;
  const open = new Set();
  const server = createServer((socket) => {
    const onward = connect(target, '127.0.0.1');
    for (const end of [socket, onward]) {
      open.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        open.delete(end);
        socket.destroy();
        onward.destroy();
      });
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const drop = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: server.address().port,
    leadTo(port) {
      target = port;
      drop();
    },
    close() {
      drop();
      server.close();
    },
  };
}

export async function pausedNode(context) {
  const { short, say } = context;
  const postgres = await withPostgres(context);
  const { nodes, clients } = await twoNodes(context, postgres.url('sallyport'));
  const [, second] = nodes;
  clients.begin();
  await clients.work(short ? 300 : 3_000);
  second.signal('SIGSTOP');
  clients.mark();
  say('one node stands still');
  await wait(short ? 2_000 : 60_000);
  clients.mark();
  second.signal('SIGCONT');
  say('it goes on');
  await clients.work(short ? 300 : 3_000);
  await clients.end();
  return clients.audit();
}
