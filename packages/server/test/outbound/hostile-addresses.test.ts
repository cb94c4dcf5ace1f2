/** Addresses that outsiders have the server ask: none leads into a private network, in whatever spelling. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutboundError } from '../../src/core/outbound.js';
import { createGuardedFetcher } from '../../src/outbound/guarded-fetcher.js';
import { damaged, headerText, holds, junk, TIME } from '../support/fuzz.js';

let connections = 0;
let cacheControl = '';
const server = createServer((_, response) =>
  response.writeHead(200, { 'cache-control': cacheControl }).end('hello'),
);
const closed = createGuardedFetcher({ allowPrivate: [] });
const open = createGuardedFetcher({ allowPrivate: ['127.0.0.1'] });
let port = 0;
beforeAll(async () => {
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  await Promise.all([closed.close(), open.close()]);
  server.closeAllConnections();
  server.close();
});

/** Four bytes of a network that is none of the public ones. */
const privateBytes = fc
  .tuple(
    fc.constantFrom(
      [127],
      [10],
      [192, 168],
      [172, 16],
      [172, 31],
      [169, 254],
      [100, 64],
      [0],
      [255],
      [224],
      [240],
    ),
    fc.nat(255),
    fc.nat(255),
    fc.nat(255),
  )
  .map(([head, ...rest]) => [...head, ...rest].slice(0, 4));

/** The same address in the spellings that a URL may have it in. */
const privateHost = fc.tuple(privateBytes, fc.nat(10)).map(([[a = 0, b = 0, c = 0, d = 0], way]) => {
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const dotted = `${a}.${b}.${c}.${d}`;
  return [
    ...[
      dotted,
      `${dotted}.`,
      `${number}`,
      `0x${hex(number, 8)}`,
      `0${number.toString(8)}`,
      `${a}.${number % 2 ** 24}`,
    ],
    ...[
      `0x${hex(a, 2)}.0${b.toString(8)}.${c}.${d}`,
      `[::ffff:${dotted}]`,
      `[0:0:0:0:0:ffff:${hex(number >>> 16, 4)}:${hex(number % 65_536, 4)}]`,
    ],
    ...[dotted.replaceAll('.', '\u3002'), dotted.replaceAll('0', '%30')],
  ][way];
});
const host = fc.oneof(
  { weight: 4, arbitrary: privateHost },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '[::1]',
      '[::]',
      '[fe80::1]',
      '[fd00::7]',
      '[ff02::1]',
      '[64:ff9b::7f00:1]',
      'localhost',
    ),
  },
);
const address = fc
  .tuple(
    fc.constantFrom(
      'https://',
      'https://',
      'HTTPS:',
      'https:\\\\',
      'http://',
      'ftp://',
      'file://',
      'blob:https://',
      '',
    ),
    fc.constantFrom('', '', '', 'rp.test@', 'rp.test:x@'),
    host,
    fc.constantFrom('', '/', '/x?y#z', '\\@rp.test/', '#@rp.test/', '?@rp.test'),
  )
  .map(([scheme, user, name, rest]) => `${scheme}${user}${name}:PORT${rest}`);

describe('an address that an outsider names', { timeout: TIME }, () => {
  test('of a private network is never connected to', async () => {
    await holds(
      fc.oneof(
        { weight: 9, arbitrary: address },
        { weight: 1, arbitrary: damaged(fc.constant('http://127.0.0.1:PORT/')) },
      ),
      async (written) => {
        const url = written.replaceAll('PORT', String(port));
        await expect(closed.fetch({ url, maxBytes: 1000 }), url).rejects.toBeInstanceOf(OutboundError);
        expect(connections, url).toBe(0);
      },
      4,
    );
  });

  test('that is none is refused', async () => {
    const rule = (url: string) =>
      expect(closed.fetch({ url, maxBytes: 1000 })).rejects.toBeInstanceOf(OutboundError);
    await holds(
      junk.filter((text) => !/^https:/i.test(text.trim())),
      rule,
      4,
    );
  });

  test('may say anything about how long its answer is good', async () => {
    const words = fc.constantFrom(
      'max-age=',
      '60',
      '0',
      '-1',
      '99999999999',
      'no-store',
      'no-cache',
      ',',
      ' ',
      '"',
      'public',
    );
    const said = fc.oneof(
      fc.array(words, { maxLength: 6 }).map((each) => each.join('')),
      headerText,
    );
    await holds(said, async (text) => {
      cacheControl = text;
      const { maxAge } = await open.fetch({ url: `http://127.0.0.1:${port}/`, maxBytes: 1000 });
      if (/no-(store|cache)\b/i.test(text) && maxAge !== null) expect(maxAge).toBe(0);
      if (maxAge !== null)
        expect(maxAge).toSatisfy((seconds) => Number.isSafeInteger(seconds) && Number(seconds) >= 0);
    });
  });
});
