/** What the guard refuses: private networks by any name, plain http, redirects, answers too long or too slow. */
import { lookup } from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createGuardedFetcher } from '../../src/outbound/guarded-fetcher.js';

vi.mock('node:dns', async (original) => ({ ...(await original<object>()), lookup: vi.fn() }));

const server = createServer((request, response) => {
  if (request.url === '/moved') response.writeHead(302, { location: '/' }).end();
  else if (request.url === '/endless') response.end('x'.repeat(5000));
  else response.writeHead(200, { 'cache-control': 'public, max-age=60' }).end('hello');
});
let port = 0;
const closed = createGuardedFetcher({ allowPrivate: [] });
const open = createGuardedFetcher({ allowPrivate: ['127.0.0.1'] });
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  await Promise.all([closed.close(), open.close()]);
  server.close();
});

const get = (url: string, fetcher = closed) => fetcher.fetch({ url, maxBytes: 1000 });

test('a host on the list of SALLYPORT_ALLOW_PRIVATE_URLS is reached, in plain http too', async () => {
  const answer = await get(`http://127.0.0.1:${port}/`, open);
  expect(answer).toEqual({ status: 200, body: 'hello', maxAge: 60 });
});

test.each([
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[fd00::1]/',
  'https://[fe80::1]/',
  'https://[64:ff9b::7f00:1]/',
])('%s is at a private address', async (url) => {
  await expect(get(url)).rejects.toThrow(/private address/);
});

test.each<[string, { address: string; family: number }[]]>([
  ['a private address', [{ address: '127.0.0.1', family: 4 }]],
  [
    'a public and a private address',
    [
      { address: '93.184.216.34', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ],
  ],
])('a name that resolves to %s is refused at the connection itself', async (_, addresses) => {
  vi.mocked(lookup).mockImplementation(((
    _host: string,
    _options: object,
    done: (...args: unknown[]) => void,
  ) => done(null, addresses)) as never);
  await expect(get(`https://rebound.test:${port}/`)).rejects.toThrow(/private address/);
});

test.each([
  ['http://example.com/', /plain http/],
  ['ftp://example.com/', /not an https URL/],
  ['https://user:word@example.com/', /user information/],
  ['/relative', /not an absolute URL/],
])('%s is refused', async (url, reason) => {
  await expect(get(url)).rejects.toThrow(reason);
});

test('a redirect is not followed, and no more is read than was allowed', async () => {
  await expect(get(`http://127.0.0.1:${port}/moved`, open)).rejects.toThrow(/redirects are not followed/);
  await expect(get(`http://127.0.0.1:${port}/endless`, open)).rejects.toThrow(/longer than 1000 bytes/);
});
