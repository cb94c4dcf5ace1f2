import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../support/process.js';

let proxy: Server;
let asked: string[];
let HTTPS_PROXY: string;

/** A proxy that opens no tunnel, but says which one was asked for. */
beforeEach(async () => {
  asked = [];
  proxy = createServer((_, response) => response.writeHead(502).end());
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  HTTPS_PROXY = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
});
afterEach(() => proxy.close());

async function call(endpoint: string, env: Record<string, string>) {
  return run(['call', '/security/whoami', '--endpoint', endpoint, '--token', 't'], {
    env: { XDG_STATE_HOME: '/nonexistent', ...env },
  });
}

describe('HTTPS_PROXY and NO_PROXY', () => {
  it('an https server is reached through the proxy, by a tunnel', async () => {
    const { code, stderr } = await call('https://id.example.test:8443', { HTTPS_PROXY });
    expect(asked).toEqual(['id.example.test:8443']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^sallyport: cannot reach [^\n]+\n$/),
    });
  });

  it('a host that NO_PROXY names is not', async () => {
    await call('https://127.0.0.1:2', { HTTPS_PROXY, NO_PROXY: '127.0.0.1' });
    expect(asked).toEqual([]);
  });
});
