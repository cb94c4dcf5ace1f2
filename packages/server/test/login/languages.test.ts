/** The sign-in pages in the portal's two languages: the browser's list decides, and nothing is left untranslated. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { passwordFault } from '../../src/core/login/password-policy.js';
import { createMechanisms } from '../../src/core/mechanisms/index.js';
import { GERMAN } from '../../src/http/pages/german.js';
import { DATABASES } from '../support/databases.js';
import type { TestServer } from '../support/server.js';
import { ADA, BOB, serverWithPeople, signIn } from './dance.js';
import { type Outbox, openOutbox } from './outbox.js';

const GERMAN_FIRST = 'fr;q=0.9, de-CH;q=0.8, en;q=0.5, *;q=0.1';
const AUTHENTICATION = {
  profiles: [{ name: 'Two', challenges: [['UP'], ['EMAIL', 'OATH']] }],
  rules: [{ device: 'unknown', profile: 'Two' }],
};
const REDIRECT_URI = 'https://rp.test/cb';
const ASKING_APP = {
  apps: [
    {
      applicationId: 'Asking',
      name: 'Asking',
      generalUsage: { redirects: [REDIRECT_URI] },
      tokens: { authMethods: ['authCode', 'deviceCode'] },
      scope: {
        userMustConfirm: true,
        definitions: [
          { name: 'whoami', description: 'Wissen, wer Sie sind', restRegex: ['security/whoami'] },
        ],
      },
      userAccess: { roles: ['Everybody'] },
    },
  ],
};

function authorizePath(over: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'web',
    redirect_uri: REDIRECT_URI,
    scope: 'openid whoami',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...over,
  });
  return `/oauth2/authorize/Asking?${query}`;
}

/** Sentences that would betray an untranslated page; the login page's title is what the vendor's samples look for. */
const ENGLISH = Object.entries(GERMAN).flatMap(([english, german]) =>
  english.length > 11 && english !== german && !english.includes('{') ? [english] : [],
);

describe('the sign-in pages in German', () => {
  let server: TestServer;
  let outbox: Outbox;

  beforeAll(async () => {
    const [sqlite] = DATABASES;
    if (!sqlite) throw new Error('no database');
    outbox = await openOutbox();
    server = await serverWithPeople(sqlite, { settings: { outboxDir: outbox.folder } });
    await server.apply({ authentication: AUTHENTICATION });
  });
  afterAll(async () => {
    await server.close();
    await outbox.remove();
  });

  async function read(response: Response, cookie = '') {
    const html = await response.text();
    const hidden = [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const fields = Object.fromEntries(hidden.map(([, name, value]) => [name, value ?? '']));
    const set = response.headers.getSetCookie().map((line) => line.split(';')[0]);
    const title = /<title>([^<]*)</.exec(html)?.[1];
    const body = html.slice(html.indexOf('<body>')).replaceAll('User Portal', '');
    return { html, title, body, fields, cookie: [cookie, ...set].filter(Boolean).join('; ') };
  }
  const open = async (path: string, language = GERMAN_FIRST) =>
    read(await server.fetch(path, { headers: { 'accept-language': language, accept: 'text/html' } }));
  async function post(
    page: Awaited<ReturnType<typeof read>>,
    typed: Record<string, string>,
    path = '/login',
  ) {
    const headers = { cookie: page.cookie, 'accept-language': GERMAN_FIRST };
    return read(await server.form(path, { ...page.fields, ...typed }, headers), page.cookie);
  }
  function isGerman({ html, body }: { html: string; body: string }) {
    expect(html).toContain('<html lang="de">');
    expect(ENGLISH.filter((sentence) => body.includes(sentence.replaceAll("'", '&#39;')))).toEqual([]);
  }

  test.each([
    ['de', 'de'],
    ['de-AT,de;q=0.9', 'de'],
    [GERMAN_FIRST, 'de'],
    ['en-GB, de;q=0.9', 'en'],
    ['fr, it', 'en'],
    ['de;q=0', 'en'],
    ['', 'en'],
    [`${'x,'.repeat(5000)}de`, 'en'],
    [';;,q=,de;q=9x', 'en'],
  ])('Accept-Language %j is served %s', async (wanted, served) => {
    const { html, title } = await open('/login', wanted);
    expect(html).toContain(`<html lang="${served}">`);
    expect(title).toBe('User Portal');
  });

  test('every page of the dance: name, failure, choice, code, mail, waiting, forgotten, expired link', async () => {
    const first = await open('/login');
    isGerman(first);
    expect(first.html).toContain('Anmelden');
    isGerman(await post(first, { username: ADA.loginName, password: 'falsch' }));
    isGerman(await post(first, { username: ADA.loginName, password: '' }));
    const choice = await post(first, { username: BOB.loginName, password: BOB.password });
    isGerman(choice);
    expect(choice.html).toContain('Wie möchten Sie bestätigen');
    const ids = [...choice.html.matchAll(/name="mechanism" value="([^"]+)"/g)].map(([, id]) => id ?? '');
    for (const mechanism of ids) {
      const page = await post(choice, { mechanism });
      isGerman(page);
      expect(page.html).toContain('Dieses Gerät merken');
    }
    isGerman(await open('/login/forgot'));
    isGerman(await post(await open('/login/forgot'), { username: ADA.loginName }, '/login/forgot'));
    isGerman(await open('/login/recover?token=none'));
    isGerman(await open('/login/link?token=none'));
    const { cookie } = await signInWith();
    const headers = { cookie, 'accept-language': 'de' };
    isGerman(await read(await server.fetch('/login/approvals', { headers })));
    isGerman(await read(await server.fetch('/security/logout', { headers })));
  });

  test('consent, the page of a device and the end of a session', async () => {
    await server.apply(ASKING_APP);
    const { cookie } = await signInWith();
    const headers = { cookie, 'accept-language': 'de' };
    const get = async (path: string) => read(await server.fetch(path, { headers }), cookie);
    const consent = await get(authorizePath());
    isGerman(consent);
    expect(consent.html).toContain('Zugriff auf Asking erlauben?');
    const code = await get('/device');
    isGerman(code);
    isGerman(await post(code, { user_code: 'XXXX-XXXX' }, '/device'));
    const asked = await server.form('/oauth2/device/Asking', { client_id: 'tv', scope: 'openid whoami' });
    const { user_code } = (await asked.json()) as { user_code: string };
    const question = await post(code, { user_code }, '/device');
    isGerman(question);
    expect(question.html).toContain('Zugriff auf Asking erlauben?');
    isGerman(await post(code, { user_code, result: '0' }, '/device'));
    const out = await get('/oauth2/endsession/Asking');
    isGerman(out);
    isGerman(await post(out, {}, '/oauth2/endsession/Asking'));
  });

  test('ui_locales wins over the browser’s list on the pages of that request; an unknown language does not', async () => {
    await server.apply(ASKING_APP);
    const at = async (locales: string, cookie = '') => {
      const headers = { 'accept-language': 'en', accept: 'text/html', cookie };
      const first = await server.fetch(authorizePath({ ui_locales: locales }), { headers });
      const location = first.headers.get('location');
      return read(location === null ? first : await server.fetch(location, { headers }));
    };
    expect((await at('fr-CA de')).html).toContain('<html lang="de">');
    expect((await at('fr')).html).toContain('<html lang="en">');
    const { cookie } = await signInWith();
    expect((await at('de-AT', cookie)).html).toContain('Zugriff auf Asking erlauben?');
    const refused = await server.fetch(
      authorizePath({ ui_locales: 'de', redirect_uri: 'https://evil.test' }),
      {
        headers: { accept: 'text/html', 'accept-language': 'en' },
      },
    );
    isGermanFrame(await refused.text());
  });

  function isGermanFrame(html: string) {
    expect(html).toContain('<html lang="de">');
    expect(html).toContain('Das hat nicht geklappt');
  }

  /** Ada, while no rule asks for more. */
  async function signInWith() {
    await server.apply({ authentication: { profiles: [], rules: [] } });
    return signIn(server, ADA);
  }

  test('what core tells people stands in the catalogue: mechanisms and faults of a password', async () => {
    const post = { reaches: () => true, send: async () => undefined };
    for (const { label, prompt } of createMechanisms({ ...server.core, post }).values())
      for (const text of [label, prompt]) expect(Object.keys(GERMAN)).toContain(text);
    const user = { loginName: ADA.loginName, displayName: 'Ada', email: 'someone@acme.test' };
    for (const password of [
      'short',
      'x'.repeat(2000),
      'aaaaaaaaaa',
      ADA.loginName,
      'password123',
      'asdfghjkl',
      'abcabcabcabc',
      'qwertyuiop',
      '12345678',
      'zxcvbnm,.',
    ]) {
      const fault = await passwordFault(password, user);
      expect(Object.keys(GERMAN), password).toContain(fault);
    }
  });
});
