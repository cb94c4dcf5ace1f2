/** A client's own web server on this machine: documents that Sallyport fetches, and requests that it makes. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  method: string;
  path: string;
  contentType: string;
  form: URLSearchParams;
}

export interface ClientServer {
  url: string;
  /** JSON documents or texts by path; what is not there is 404. */
  documents: Map<string, unknown>;
  /** Status of every answer to a POST. */
  postStatus: number;
  received: ReceivedRequest[];
  /** Resolves with the first request of this method that is not yet taken. */
  next(method: string): Promise<ReceivedRequest>;
  close(): Promise<void>;
}

export async function openClientServer(): Promise<ClientServer> {
  const documents = new Map<string, unknown>();
  const received: ReceivedRequest[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const form = new URLSearchParams(await textOf(request));
    received.push({ method, path, contentType: headers['content-type'] ?? '', form });
    if (method === 'POST') response.writeHead(client.postStatus).end();
    else if (documents.has(path)) {
      const found = documents.get(path);
      const isText = typeof found === 'string';
      const text = isText ? found : JSON.stringify(found);
      response.writeHead(200, { 'content-type': isText ? 'text/plain' : 'application/json' }).end(text);
    } else response.writeHead(404).end();
    for (const wake of waiting.splice(0)) wake();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client: ClientServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    documents,
    postStatus: 200,
    received,
    async next(method) {
      for (;;) {
        const at = received.findIndex((request) => request.method === method);
        const [found] = at < 0 ? [] : received.splice(at, 1);
        if (found) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return client;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
