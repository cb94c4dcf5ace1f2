import { request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLoopback } from '../../src/node/index.js';

async function open(path?: string) {
  const loopback = await openLoopback(path === undefined ? {} : { path });
  onTestFinished(() => loopback.close());
  return loopback;
}

/** The status of a request whose Host header says what it likes. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

describe('the loopback listener (RFC 8252 section 7.3)', () => {
  it('listens on 127.0.0.1 at any port, under the path the app lists', async () => {
    expect((await open()).redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect((await open('/a/b')).redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/a\/b$/);
  });

  it('catches one redirect and answers a page without any of its secrets', async () => {
    const { redirectUri, receive } = await open();
    const received = receive({ state: 's1' });
    const page = await fetch(`${redirectUri}?code=c0de&state=s1`);
    const html = await page.text();
    expect((await received).searchParams.get('code')).toBe('c0de');
    expect(html).toContain('Signed in');
    expect(html).not.toMatch(/c0de|s1/);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    await expect(fetch(redirectUri)).rejects.toThrow();
  });

  it('repeats nothing of an error on its page', async () => {
    const { redirectUri, receive } = await open();
    const received = receive({ state: 's1' });
    const page = await fetch(`${redirectUri}?error=access_denied&error_description=%3Cscript%3E&state=s1`);
    expect(await page.text()).toMatch(/^(?!.*<script).*Not signed in/s);
    expect((await received).searchParams.get('error')).toBe('access_denied');
  });

  it('turns away other states, paths, methods and host names, and goes on waiting', async () => {
    const { redirectUri, receive } = await open();
    const right = `${redirectUri}?code=c0de&state=s1`;
    expect((await fetch(right)).status).toBe(404);
    const received = receive({ state: 's1' });
    const wrong = [`${redirectUri}?code=evil&state=other`, redirectUri, `${redirectUri}x?code=evil&state=s1`];
    for (const url of wrong) expect((await fetch(url)).status).toBe(404);
    expect((await fetch(right, { method: 'POST' })).status).toBe(404);
    expect(await statusFor(right, `evil.example.com:${new URL(right).port}`)).toBe(404);
    expect((await fetch(right)).status).toBe(200);
    expect((await received).searchParams.get('code')).toBe('c0de');
  });

  it('stops after its time, and stops listening', async () => {
    const { redirectUri, receive } = await open();
    await expect(receive({ state: 's1', timeoutSeconds: 0.02 })).rejects.toMatchObject({ code: 'timeout' });
    await expect(fetch(redirectUri)).rejects.toThrow();
  });

  it("stops at the caller's signal", async () => {
    const { receive } = await open();
    const received = receive({ state: 's1', signal: AbortSignal.abort() });
    await expect(received).rejects.toMatchObject({ code: 'aborted' });
  });

  it('refuses a path that is none', async () => {
    await expect(openLoopback({ path: 'callback?x' })).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});
