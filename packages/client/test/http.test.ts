import { describe, expect, it } from 'vitest';
import { exchange, InvalidArgumentError, isSallyportError } from '../src/index.js';
import { openLoopback } from '../src/node/index.js';
import { wireServer } from './support/wire-server.js';

describe('exchange', () => {
  it('never follows a redirect, which would carry the credentials along', async () => {
    const server = await wireServer({ status: 307, headers: { location: '/elsewhere' } });
    const sent = exchange({ method: 'POST', url: `${server.endpoint}/here`, body: 'x' });
    await expect(sent).rejects.toMatchObject({ code: 'unexpected_response', status: 307 });
    expect(server.received).toHaveLength(1);
  });

  it('sends nothing to another machine in clear', async () => {
    let asked = false;
    const spy: typeof fetch = async () => {
      asked = true;
      return new Response();
    };
    const sent = exchange({ method: 'GET', url: 'http://id.example.com/' }, { fetch: spy });
    await expect(sent).rejects.toThrow(InvalidArgumentError);
    expect(asked).toBe(false);
  });

  it('goes through the fetch it is given, without cookies', async () => {
    const seen: unknown[] = [];
    const fake: typeof fetch = async (url, init) => {
      seen.push(url, init?.credentials, init?.redirect);
      return Response.json({ ok: true });
    };
    const answer = await exchange({ method: 'GET', url: 'https://id.example.com/x' }, { fetch: fake });
    expect(seen).toEqual(['https://id.example.com/x', 'omit', 'manual']);
    expect(answer).toMatchObject({ status: 200, body: '{"ok":true}' });
  });

  it('names the server, not the query, when it cannot be reached', async () => {
    const { redirectUri, close } = await openLoopback();
    close();
    const sent = exchange({ method: 'GET', url: `${redirectUri}?code=c0de` });
    const origin = new URL(redirectUri).origin;
    await expect(sent).rejects.toThrow(`cannot reach ${origin} (ECONNREFUSED)`);
    await expect(sent).rejects.toMatchObject({ code: 'network' });
  });

  const hanging: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });

  it('gives up after its time', async () => {
    const options = { fetch: hanging, timeoutSeconds: 0.02 };
    const sent = exchange({ method: 'GET', url: 'https://id.example.com' }, options);
    await expect(sent).rejects.toMatchObject({ code: 'timeout' });
  });

  it("ends with the caller's signal", async () => {
    const controller = new AbortController();
    const options = { fetch: hanging, signal: controller.signal };
    const sent = exchange({ method: 'GET', url: 'https://id.example.com' }, options);
    controller.abort();
    await expect(sent).rejects.toMatchObject({ code: 'aborted' });
  });

  it('refuses a token that no header can hold without repeating it', async () => {
    const headers = { authorization: 'Bearer hunter22\nx' };
    const error = await exchange({ method: 'GET', url: 'https://id.example.com', headers }).catch((e) => e);
    expect(isSallyportError(error)).toBe(true);
    expect(error.code).toBe('invalid_argument');
    expect(String(error)).not.toContain('hunter22');
  });
});
