/** What is kept of an exchange: never a secret of it, whatever else it holds and however it is written. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Exchange, maskExchange } from '../../src/core/traffic/mask.js';
import { damaged, headerText, holds, junk, TIME, wellFormed } from '../support/fuzz.js';

/** Properties that no server is asked for. */
const CHEAP = 4;

/** Any text, after a beginning unlike anything that an exchange holds anyway. */
const secret = fc
  .tuple(fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 12, maxLength: 12 }), junk)
  .map(([head, tail]) => head + tail);
const plainSecret = secret.map((text) => text.replace(/[^!-~]|[;,]/g, ''));
const field = fc.constantFrom(
  ...[
    'password',
    'Password',
    'client_secret',
    'access_token',
    'refresh_token',
    'id_token',
    'code',
    'code_verifier',
  ],
  ...[
    'Answer',
    'Auth',
    'SessionId',
    'RefreshToken',
    'totpSecret',
    'device_code',
    'assertion',
    'client_assertion',
  ],
);
const FORM = 'application/x-www-form-urlencoded';

/** A body that holds the secrets under names that say so, and repeats them where it likes. */
const bodyOf = (secrets: readonly string[], name: string): fc.Arbitrary<{ type: string; body: string }> => {
  const [first = '', second = ''] = secrets;
  const json = {
    [name]: first,
    a: [{ deep: { password: { inner: [second, 7] } }, note: `it was ${first}` }],
    n: null,
  };
  const form = new URLSearchParams({ [name]: first, note: `x${first}`, b: '1' }).toString();
  return fc.constantFrom(
    { type: 'application/json', body: JSON.stringify(json) },
    { type: 'application/problem+json; charset=utf-8', body: JSON.stringify([json]) },
    { type: '', body: JSON.stringify(json) },
    { type: FORM, body: form },
    { type: FORM, body: form.replaceAll('+', '%20') },
    { type: FORM, body: `${first}&${encodeURIComponent(name)}=${encodeURIComponent(wellFormed(first))}` },
    { type: 'text/html', body: `<p>${first}</p>` },
    { type: 'application/json', body: `{"${name}": ${first}` },
  );
};

const exchange = fc
  .record({
    secrets: fc.tuple(secret, plainSecret, plainSecret, plainSecret, plainSecret),
    request: field,
    response: field,
  })
  .chain(({ secrets, request, response }) => {
    const [inside, header, , set, code] = secrets;
    const pair = Buffer.from(`svc:${header}`).toString('base64');
    return fc.record({
      secrets: fc.constant(secrets),
      sent: bodyOf([inside, code], request),
      answered: bodyOf([set, header], response),
      credentials: fc.constantFrom(`Bearer ${header}`, `Basic ${pair}`, `DPoP   ${header}`, header),
      url: fc.constantFrom(
        `/oauth2/token/a?${request}=${encodeURIComponent(wellFormed(inside))}`,
        `/login?cloudRedirect=${encodeURIComponent(`/my?${request}=${encodeURIComponent(header)}`)}`,
        `/x?a=1#${new URLSearchParams({ [response]: code })}`,
      ),
    });
  });
type Made = typeof exchange extends fc.Arbitrary<infer T> ? T : never;

function exchangeOf({ sent, answered, credentials, url, secrets }: Made): Exchange {
  const [, , cookie, set, code] = secrets;
  return {
    method: 'POST',
    url,
    requestHeaders: [
      ['Authorization', credentials],
      ['cookie', `.ASPXAUTH=${cookie}; b=${cookie}`],
      ['content-type', sent.type],
      ['x-note', `the cookie was ${cookie}`],
    ],
    requestBody: sent.body,
    parsedBody: null,
    status: 200,
    responseHeaders: [
      ['content-type', answered.type],
      ['set-cookie', `.ASPXAUTH=${set}; Path=/`],
      ['location', `https://rp.test/cb?code=${encodeURIComponent(code)}&state=s`],
    ],
    responseBody: answered.body,
  };
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe('an exchange that is kept', { timeout: TIME }, () => {
  test('holds none of the secrets that were sent or received, wherever it repeats them', async () => {
    const rule = (made: Made) => {
      const shown = textsOf(maskExchange(exchangeOf(made))).join('\n');
      for (const value of made.secrets) {
        expect(shown).not.toContain(value);
        expect(shown).not.toContain(encodeURIComponent(wellFormed(value)));
        expect(shown).not.toContain(JSON.stringify(value).slice(1, -1));
      }
    };
    await holds(exchange, rule, CHEAP);
  });

  test('may hold anything at all', async () => {
    const type = fc.constantFrom(
      'application/json',
      FORM,
      'text/html',
      '',
      'application/x+json',
      'multipart/form-data',
    );
    const deep = fc.constantFrom(
      '['.repeat(60_000) + ']'.repeat(60_000),
      `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`,
    );
    const good = fc.constantFrom(
      '{"password":"x","a":[1,{"b":null}]}',
      'password=x&a=%26&b=c%3Dd',
      '/x?code=1#a=b',
    );
    const text = fc.oneof(
      { weight: 9, arbitrary: fc.oneof(damaged(good), junk, fc.json()) },
      { weight: 1, arbitrary: deep },
    );
    const headers = fc.array(
      fc.tuple(
        fc.constantFrom('cookie', 'set-cookie', 'Authorization', 'location', 'content-type', 'x-a'),
        headerText,
      ),
      { maxLength: 4 },
    );
    const any = fc.record({
      url: text,
      type,
      sent: text,
      answered: text,
      headers,
      parsedBody: fc.jsonValue(),
    });
    await holds(
      any,
      (made) => {
        const kept = maskExchange({
          ...{ method: 'POST', url: made.url, status: 200, parsedBody: made.parsedBody },
          ...{ requestHeaders: [['content-type', made.type], ...made.headers], requestBody: made.sent },
          ...{ responseHeaders: [['content-type', made.type], ...made.headers], responseBody: made.answered },
        });
        expect(() => JSON.stringify(kept)).not.toThrow();
      },
      CHEAP,
    );
  });
});
