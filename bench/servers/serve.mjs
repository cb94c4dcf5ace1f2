/** What the bare servers share: a listener that says when it is ready, and the reading of a form. */
import cluster from 'node:cluster';
import { createServer } from 'node:http';

/** Listens on a free loopback port, prints the line that `subjects/child.mjs` waits for, ends on SIGTERM. */
export async function serve(handler) {
  const server = createServer({ keepAliveTimeout: 120_000 }, handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  announce(`http://127.0.0.1:${server.address().port}`);
  return server;
}

export function announce(url) {
  process.on('SIGTERM', () => process.exit(0));
  process.stdout.write(`listening on ${url}\n`);
}

/** Does `work` in this process, or in two under it that share their port. */
export function withWorkers(two, work) {
  if (!two || cluster.isWorker) return work();
  const workers = [cluster.fork(), cluster.fork()];
  process.on('SIGTERM', () => {
    for (const worker of workers) worker.kill();
    process.exit(0);
  });
}

export function readForm(request, done) {
  let body = '';
  request.setEncoding('latin1');
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => done(new URLSearchParams(body)));
}

export function answer(response, status, value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}
