/** Where nothing may be fetched from: this machine, where a server listens, and networks that only insiders reach. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { FAR } from './table.js';

/** What the HTTP client of the server tells whoever listens, before it connects. */
const CONNECTING = 'undici:client:beforeConnect';
const Connecting = z.object({ connectParams: z.object({ host: z.string() }) });

export interface Sink {
  port: number;
  /**
   * What came: connections too, since one that speaks TLS makes no request here, and requests, since several may
   * come by one connection.
   */
  asked: string[];
  close(): void;
}

export async function openSink(): Promise<Sink> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('{}');
  });
  server.on('connection', () => asked.push('a connection'));
  const heard = (message: unknown) => {
    const { host } = Connecting.parse(message).connectParams;
    if (FAR.includes(host)) asked.push(`a connection to ${host}`);
  };
  subscribe(CONNECTING, heard);
  await once(server.listen(0, '::'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () => {
      unsubscribe(CONNECTING, heard);
      server.close();
    },
  };
}
