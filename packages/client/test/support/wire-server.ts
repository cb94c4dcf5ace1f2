/** A server that says what it is told and remembers, byte for byte, what it was asked. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a string. */
  readonly body?: unknown;
}

export interface WireServer {
  readonly endpoint: string;
  readonly received: readonly Received[];
  /** The last request, which must exist. */
  last(): Received;
}

/** Serves until the test ends. Replies come one by one, the last for good, or from a function. */
export async function wireServer(
  ...replies: readonly Reply[] | [(request: Received) => Reply]
): Promise<WireServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const asked = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(asked);
      const scripted = replies[Math.min(received.length, replies.length) - 1];
      const reply = typeof scripted === 'function' ? scripted(asked) : scripted;
      const text = typeof reply?.body === 'string' ? reply.body : JSON.stringify(reply?.body ?? {});
      response.writeHead(reply?.status ?? 200, { 'content-type': 'application/json', ...reply?.headers });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    received,
    last() {
      const request = received.at(-1);
      if (request === undefined) throw new Error('nothing was received');
      return request;
    },
  };
}
