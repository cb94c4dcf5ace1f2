import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { damaged, fewOf, holds, junk, TIME, wellFormed } from '../../../server/test/support/fuzz.js';
import { createTokenFile, openLoopback, type StoredToken } from '../../src/node/index.js';

/** The status of a request written by hand. */
function statusFor(port: number, asked: { method: string; path: string; host: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const { method, path, host } = asked;
    request({ host: '127.0.0.1', port, method, path, headers: { host } }, (response) =>
      resolve(response.resume().statusCode ?? 0),
    )
      .on('error', reject)
      .end();
  });
}

describe('the loopback listener', { timeout: TIME }, () => {
  it('takes nothing but the redirect that it waits for, and goes on waiting', async () => {
    const { redirectUri, receive, close } = await openLoopback();
    onTestFinished(() => close());
    const port = Number(new URL(redirectUri).port);
    const own = `127.0.0.1:${port}`;
    const received = receive({ state: 's1' });
    const usual = { method: 'GET', host: own, place: '/callback', mark: '?', state: 'state=s1', more: '' };
    const places = ['/Callback', '//callback', '/callback/', '/x', '*', '/x/../callback', '/callback%00'];
    const odd = {
      method: fc.constantFrom('POST', 'PUT', 'DELETE', 'OPTIONS'),
      host: fc.constantFrom(
        `localhost:${port}`,
        '127.0.0.1',
        'evil.test',
        `127.0.0.1:${port + 1}`,
        `x@${own}`,
      ),
      place: fc.oneof(
        fc.constantFrom(...places, `http://${own}/callback`, 'http://evil.test/callback'),
        junk.map((text) => `/${text.replace(/[^!-~]/g, '')}`),
      ),
      mark: fc.constantFrom('', '#', '??'),
      state: fc.constantFrom(
        'state=s2',
        'State=s1',
        'state=',
        'state=s1%00',
        'state=%73%32',
        '%zz',
        'code=c',
      ),
      more: fc.constantFrom('&state=s1', '&code=c', '&error=x', '&&'),
    };
    const asked = fewOf(odd).map((over) => {
      const { method, host, place, mark, state, more } = { ...usual, ...over };
      return { method, host, path: `${place}${mark}${state}${more}` };
    });
    const isAwaited = ({ method, path: target, host }: { method: string; path: string; host: string }) => {
      const url = URL.canParse(target, redirectUri) ? new URL(target, redirectUri) : null;
      const isOurs =
        url?.host === own && url.pathname === '/callback' && url.searchParams.get('state') === 's1';
      return isOurs && method === 'GET' && host === own;
    };
    await holds(
      asked.filter((each) => !isAwaited(each)),
      async (each) => {
        expect(await statusFor(port, each)).toBeGreaterThanOrEqual(400);
      },
      2,
    );
    expect(await statusFor(port, { method: 'GET', path: '/callback?code=c&state=s1', host: own })).toBe(200);
    expect((await received).searchParams.get('code')).toBe('c');
  });
});

describe('the token file', { timeout: TIME }, () => {
  const text = fc
    .oneof(junk, fc.constantFrom('all', '../../x', '/etc/passwd', ''))
    .map((each) => wellFormed(each));
  const filled = text.filter((each) => each !== '');
  const token: fc.Arbitrary<StoredToken> = fc.record({
    endpoint: filled,
    appId: fc.option(filled),
    scope: fc.option(filled),
    clientId: fc.option(filled),
    bearerToken: filled,
    refreshToken: fc.option(filled),
    expiresAt: fc.option(fc.nat()),
    savedAt: fc.nat(),
  });

  async function emptyDirectory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'sallyport-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    return directory;
  }

  it('gives back what was kept, whatever the names are, and keeps it in its own folder', async () => {
    const directory = await emptyDirectory();
    const tokens = createTokenFile({ directory });
    await holds(token, async (kept) => {
      await tokens.save(kept);
      expect(await tokens.find(kept)).toEqual(kept);
      expect(await readdir(directory)).toEqual(['tokens']);
    });
  });

  it('that was damaged gives a token or none', async () => {
    const directory = await emptyDirectory();
    const tokens = createTokenFile({ directory });
    const key = { endpoint: 'https://id.example.com', appId: 'myapp', scope: 'all' };
    const whole = {
      ...key,
      clientId: null,
      bearerToken: 'at',
      refreshToken: null,
      expiresAt: null,
      savedAt: 1,
    };
    await tokens.save(whole);
    const [name = ''] = await readdir(join(directory, 'tokens'));
    const written = fc.oneof(
      damaged(fc.constant(JSON.stringify(whole))),
      token.map((each) => JSON.stringify(each)),
      fc
        .tuple(token, fewOf(Object.fromEntries(Object.keys(whole).map((name) => [name, fc.jsonValue()]))))
        .map((parts) => JSON.stringify(Object.assign({}, ...parts))),
      fc.json(),
      junk,
    );
    await holds(written, async (content) => {
      await writeFile(join(directory, 'tokens', name), content);
      for (const found of [await tokens.find(key), await tokens.findLast()])
        if (found !== null)
          expect(found).toMatchObject({
            endpoint: expect.stringMatching(/./s),
            bearerToken: expect.stringMatching(/./s),
            savedAt: expect.any(Number),
          });
    });
  });
});
