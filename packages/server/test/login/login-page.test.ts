/** The sign-in page with script turned off, and what guards it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { DATABASES } from '../support/databases.js';
import type { TestServer } from '../support/server.js';
import { ADA, BOB, codeAt, serverWithPeople, sessionCookie, signIn, whoami } from './dance.js';

/** A page as a browser without script holds it: its text, its hidden fields, its cookies. */
interface OpenPage {
  response: Response;
  html: string;
  fields: Record<string, string>;
  cookie: string;
}

describe('the sign-in page as a plain form', () => {
  const clock = createTestClock();
  let server: TestServer;

  beforeAll(async () => {
    const [sqlite] = DATABASES;
    if (!sqlite) throw new Error('no database');
    server = await serverWithPeople(sqlite, { clock });
  });
  afterAll(() => server.close());

  async function read(response: Response, cookie = ''): Promise<OpenPage> {
    const html = await response.text();
    const hidden = html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g);
    const fields = Object.fromEntries([...hidden].map(([, name, value]) => [name, unescaped(value ?? '')]));
    const set = response.headers.getSetCookie().map((line) => line.split(';')[0]);
    return { response, html, fields, cookie: [cookie, ...set].filter(Boolean).join('; ') };
  }
  const unescaped = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"');

  async function open(path = '/login'): Promise<OpenPage> {
    return read(await server.fetch(path));
  }
  async function send(page: OpenPage, typed: Record<string, string>): Promise<OpenPage> {
    const response = await server.form('/login', { ...page.fields, ...typed }, { cookie: page.cookie });
    return read(response, page.cookie);
  }

  test('has the title, the fields with their autofill words, and the button that clients look for', async () => {
    const { response, html } = await open('/login?cloudRedirect=my');
    expect(response.status).toBe(200);
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain('<title>User Portal</title>');
    expect(html).toMatch(/<input[^>]*name="username"[^>]*autocomplete="username"/);
    expect(html).toMatch(
      /<input[^>]*name="password"[^>]*type="password"[^>]*autocomplete="current-password"/,
    );
    expect(html).toMatch(/<button id="signin"/);
    expect(html).not.toContain('name="answer"');
  });

  test('may not be framed, kept or leak by referrer, and runs no script but its own module (L11)', async () => {
    const { response, html } = await open();
    const { headers } = response;
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; " +
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(html.match(/<script[^>]*>/g)).toEqual([
      expect.stringMatching(/^<script type="module" src="\/assets\/login-[0-9a-f]{12}\.js">$/),
    ]);
    expect(html).not.toMatch(/ style=| on\w+=/);
  });

  test('with all that it loads weighs less than 30 kB, and its files may be kept for ever', async () => {
    const { html } = await open();
    const urls = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, url]) => url ?? '');
    expect(urls).toHaveLength(2);
    let bytes = html.length;
    for (const url of urls) {
      const response = await server.fetch(url);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      bytes += (await response.arrayBuffer()).byteLength;
    }
    expect(bytes).toBeLessThan(30_000);
    expect((await server.fetch('/assets/..%2f..%2fpackage.json')).status).toBe(400);
    expect((await server.fetch('/assets/login.js')).status).toBe(404);
  });

  test('name and password sign in and lead to the place that was asked for', async () => {
    const page = await open('/login?cloudRedirect=Oauth2%2FAuthorize%2Fmyapp%3Fbounce%3Dabc');
    const done = await send(page, { username: ` ${ADA.loginName} `, password: ADA.password });
    expect(done.response.status).toBe(303);
    expect(done.response.headers.get('location')).toBe('/Oauth2/Authorize/myapp?bounce=abc');
    expect(await whoami(server, { cookie: sessionCookie(done.response) })).toBe(ADA.loginName);
    expect(done.response.headers.getSetCookie().join()).not.toMatch(/ASPXAUTH[^,]*Expires/i);
  });

  test('a second factor is asked for on its own page, with the name and the way back in sight', async () => {
    const page = await open('/login?cloudRedirect=my');
    const typed = { username: BOB.loginName, password: BOB.password, persistent: 'true' };
    const second = await send(page, typed);
    expect(second.response.status).toBe(200);
    expect(second.html).toContain(BOB.loginName);
    expect(second.html).toContain('<a href="/login?cloudRedirect=my">not you?</a>');
    expect(second.html).toMatch(
      /<input[^>]*name="answer"[^>]*autocomplete="one-time-code"[^>]*inputmode="numeric"/i,
    );
    expect(second.html).not.toContain('name="password"');
    expect(second.html).not.toContain(BOB.password);
    const done = await send(second, { answer: codeAt(clock.now()) });
    expect(done.response.status).toBe(303);
    expect(done.response.headers.get('location')).toBe('/my');
    expect(done.response.headers.getSetCookie().join()).toMatch(/ASPXAUTH=[^,]*Expires=/);
    const replayed = await send(second, { answer: codeAt(clock.now()) });
    expect(replayed.response.status).toBe(200);
    expect(replayed.response.headers.getSetCookie()).toEqual([]);
  });

  test('a second step that was shown to another browser is not taken', async () => {
    const second = await send(await open(), { username: BOB.loginName, password: BOB.password });
    const other = await open();
    clock.advance(30_000);
    const stolen = {
      ...second.fields,
      form_token: other.fields.form_token ?? '',
      answer: codeAt(clock.now()),
    };
    const response = await server.form('/login', stolen, { cookie: other.cookie });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('expired');
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test('two tabs sign in beside each other', async () => {
    const first = await open('/login?cloudRedirect=my');
    const [left, right] = [
      await send(first, { username: BOB.loginName, password: BOB.password }),
      await send(first, { username: BOB.loginName, password: BOB.password }),
    ];
    clock.advance(30_000);
    const one = await send(left, { answer: codeAt(clock.now()) });
    clock.advance(30_000);
    const two = await send(right, { answer: codeAt(clock.now()) });
    expect([one.response.status, two.response.status]).toEqual([303, 303]);
  });

  test('a failure says so calmly, keeps the typed name and not the password, and is the same for any name', async () => {
    const texts = [];
    for (const username of [ADA.loginName, 'nobody@acme.test']) {
      const { response, html } = await send(await open(), { username, password: 'not this one' });
      expect(response.status).toBe(200);
      expect(html).toContain(`value="${username}"`);
      expect(html).not.toContain('not this one');
      texts.push(/<p id="say"[^>]*>([^<]*)</.exec(html)?.[0]);
    }
    expect(texts[0]).toContain('class="say error"');
    expect(texts[0]).toBe(texts[1]);
    expect((await send(await open(), { username: ADA.loginName, password: '' })).html).toContain(
      'Enter your name',
    );
  });

  test('what was typed is shown as text, never as markup', async () => {
    const username = '"><img src=x onerror=alert(1)>';
    const { html } = await send(await open(), { username, password: 'x' });
    expect(html).not.toContain('<img');
    expect(html).toContain('&quot;>');
  });

  test.each([
    ['https://evil.test/'],
    ['//evil.test'],
    ['/\\evil.test'],
    ['\\\\evil.test'],
    ['///evil.test'],
    ['/.//evil.test'],
    ['/x/..//evil.test'],
    ['\t//evil.test'],
    ['/\t/evil.test'],
    ['\n/\r/evil.test'],
    [' //evil.test'],
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['@evil.test'],
    ['.evil.test'],
    ['%2f%2fevil.test'],
    ['x\u2028y'],
    [`/${'x'.repeat(4000)}`],
  ])('a sign-in with cloudRedirect %j ends on this site (L12, advisory 48)', async (cloudRedirect) => {
    const page = await open(`/login?${new URLSearchParams({ cloudRedirect })}`);
    const { response } = await send(page, { username: ADA.loginName, password: ADA.password });
    expect(response.status).toBe(303);
    const location = response.headers.get('location') ?? '';
    expect(location).toMatch(/^\/(?![/\\])/);
    expect(new URL(location, server.url).origin).toBe(server.url);
    expect(/data-next="([^"]*)"/.exec(page.html)?.[1]).toMatch(/^\/(?![/\\])/);
  });

  test('a form without its token, or from another site, is refused with a page (rule 12)', async () => {
    const page = await open();
    const typed = { username: ADA.loginName, password: ADA.password };
    const { cookie, fields } = page;
    const post = (body: Record<string, string>, headers: Record<string, string>) =>
      server.form('/login', body, { accept: 'text/html', ...headers });
    const stranger = await open();
    for (const response of [
      await post(typed, {}),
      await post(typed, { cookie }),
      await post({ ...fields, ...typed }, {}),
      await post({ ...fields, ...typed }, { cookie: stranger.cookie }),
      await post({ ...fields, ...typed }, { cookie, origin: 'https://evil.test' }),
      await post(typed, { cookie, origin: 'null' }),
    ]) {
      expect(response.status).toBe(403);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(await response.text()).toContain('id="error-code"');
    }
    expect((await post({ ...fields, ...typed }, { cookie, origin: 'null' })).status).toBe(303);
    expect((await post(typed, { origin: server.url })).status).toBe(303);
  });

  test('the browser’s cookie is out of reach for scripts and other sites, and made anew when it is not ours', async () => {
    const { response } = await open();
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^sallyport-browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    const odd = await server.fetch('/login', { headers: { cookie: 'sallyport-browser=x' } });
    expect(odd.headers.getSetCookie()).toHaveLength(1);
  });

  test('whoever is signed in is led on, unless they must sign in again', async () => {
    const { cookie } = await signIn(server);
    const led = await server.fetch('/login?cloudRedirect=my', { headers: { cookie } });
    expect([led.status, led.headers.get('location')]).toEqual([302, '/my']);
    const asked = await server.fetch('/login?cloudRedirect=my&prompt=login', { headers: { cookie } });
    expect(asked.status).toBe(200);
  });

  test('logout by GET asks first; the answer ends the session and stays on this site (L13)', async () => {
    const { cookie } = await signIn(server);
    const asked = await server.fetch('/security/logout?redirectUrl=https://evil.test', {
      headers: { cookie },
    });
    const page = await read(asked, cookie);
    expect(page.html).toContain('id="logout-yes"');
    expect(await whoami(server, { cookie })).toBe(ADA.loginName);
    const forged = await server.form('/logout', {}, { cookie, origin: 'https://evil.test' });
    expect(forged.status).toBe(403);
    const done = await server.form('/logout', page.fields, { cookie: page.cookie });
    expect(done.status).toBe(303);
    expect(new URL(done.headers.get('location') ?? '', server.url).origin).toBe(server.url);
    expect(await whoami(server, { cookie })).toBeNull();
    const again = await server.fetch('/security/logout', { headers: { cookie } });
    expect([again.status, again.headers.get('location')]).toEqual([302, '/login']);
  });
});
