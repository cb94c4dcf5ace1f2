import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, TIME } from '../../server/test/support/fuzz.js';
import {
  advanceAuthentication,
  appEndpoints,
  authorizationCodeGrant,
  call,
  type Exchange,
  introspect,
  mask,
  maskUrl,
  passwordGrant,
  startAuthorization,
  toHar,
  validateAuthorizationResponse,
} from '../src/index.js';

const ENDPOINT = 'https://id.example.com';
const SERVER = appEndpoints(ENDPOINT, 'myapp');
const FORM = 'application/x-www-form-urlencoded';

function recorder() {
  const exchanges: Exchange[] = [];
  const onExchange = (request: Exchange['request'], response: Exchange['response']) => {
    exchanges.push({ request, response });
  };
  return { exchanges, onExchange };
}

function exchangeOf(
  request: Partial<Exchange['request']>,
  response: Partial<Exchange['response']> = {},
): Exchange {
  return {
    request: { method: 'POST', url: `${ENDPOINT}/x`, headers: [], body: '', startedAt: 0, ...request },
    response: { status: 200, statusText: 'OK', headers: [], body: '', duration: 5, ...response },
  };
}

/** Any text, after a beginning unlike anything that an exchange holds anyway. */
const secret = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 12, maxLength: 12 }),
    fc.string(),
  )
  .map(([head, tail]) => head + tail);

/** The same, as a header can hold it. */
const headerSecret = secret.map((text) => text.replace(/[^!-~]/g, ''));

const secrets = fc.record({
  clientSecret: secret,
  password: secret,
  code: secret,
  answer: secret,
  accessToken: secret,
  refreshToken: secret,
  bearerToken: headerSecret,
});

/** A server that repeats what it was sent wherever it can, and issues tokens everywhere. */
function echoing(accessToken: string, refreshToken: string): typeof fetch {
  return async (url, init) => {
    const sent = String(init?.body);
    const clear = [...new URLSearchParams(sent)].flat();
    const authorization = new Headers(init?.headers).get('authorization');
    const body = {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      active: true,
      success: true,
      Result: {
        Summary: 'LoginSuccess',
        Auth: accessToken,
        note: [sent, clear, authorization, refreshToken],
      },
    };
    const value = encodeURIComponent(accessToken);
    const headers = {
      location: `${url}?code=${value}`,
      'set-cookie': `.ASPXAUTH=${encodeURIComponent(refreshToken)}; Path=/`,
      'x-note': value,
    };
    return Response.json(body, { headers });
  };
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe('what an observer and the archive see', () => {
  it('never holds a secret that was sent or received, wherever the server repeats it', {
    timeout: TIME,
  }, async () => {
    await holds(
      secrets,
      async (given) => {
        const { clientSecret, password, code, answer, accessToken, refreshToken, bearerToken } = given;
        const { exchanges, onExchange } = recorder();
        const options = { fetch: echoing(accessToken, refreshToken), onExchange };
        const basic = { clientId: 'svc', clientSecret };
        const pending = await startAuthorization(SERVER, basic, { redirectUri: 'http://127.0.0.1/callback' });
        const query = new URLSearchParams({ code, state: pending.state, iss: SERVER.issuer });
        const response = validateAuthorizationResponse(SERVER, pending, query);
        await authorizationCodeGrant(SERVER, basic, pending, response, options);
        const post = { ...basic, authMethod: 'client_secret_post' } as const;
        await passwordGrant(SERVER, post, { username: 'ada', password }, options);
        await introspect(SERVER, { bearerToken }, accessToken, options);
        const data = { user: { Password: password, answers: [{ Answer: { q1: answer } }] } };
        await call(ENDPOINT, { method: 'POST', path: '/x', bearerToken, data }, options);
        const session = {
          sessionId: code,
          tenantId: null,
          mechanismId: 'm1',
          action: 'Answer',
          answer,
        } as const;
        await advanceAuthentication(ENDPOINT, session, options);

        const har = toHar(exchanges);
        expect(har.log.entries).toHaveLength(5);
        const shown = textsOf([exchanges, har]).join('\n');
        const basicPair = Buffer.from(`svc:${clientSecret}`).toString('base64');
        for (const value of [...Object.values(given), pending.codeVerifier]) {
          expect(shown).not.toContain(value);
          expect(shown).not.toContain(encodeURIComponent(value));
          expect(shown).not.toContain(JSON.stringify(value).slice(1, -1));
        }
        expect(shown).not.toContain(basicPair);
      },
      2,
    );
  });
});

describe('mask', () => {
  it.each([
    'access_token',
    'refresh_token',
    'id_token',
    'client_secret',
    'password',
    'code',
    'code_verifier',
    'token',
  ])('hides %s in a form, a query and JSON, and keeps the rest', (name) => {
    const headers = [['Content-Type', FORM]] as const;
    const { request, response } = mask(
      exchangeOf(
        { url: `${ENDPOINT}/x?${name}=s3cr3t&a=1#${name}=s3cr3t`, headers, body: `a=1&${name}=s3cr3t&b=2` },
        { headers: [['content-type', 'application/json']], body: JSON.stringify({ [name]: 's3cr3t', a: 1 }) },
      ),
    );
    expect(request.url).toBe(`${ENDPOINT}/x?${name}=***&a=1#${name}=***`);
    expect(request.body).toBe(`a=1&${name}=***&b=2`);
    expect(JSON.parse(response.body)).toEqual({ [name]: '***', a: 1 });
  });

  it.each(['Answer', 'Auth', 'Password', 'Token', 'RefreshToken', 'SessionId', 'newPassword'])(
    "hides the vendor's %s at any depth",
    (name) => {
      const body = JSON.stringify({ Result: [{ [name]: 's3cr3t', Name: 'UP' }] });
      const masked = mask(exchangeOf({ headers: [['content-type', 'application/json']], body }));
      expect(masked.request.body).toBe(`{"Result":[{"${name}":"***","Name":"UP"}]}`);
    },
  );

  it('hides credentials and cookies but tells their scheme, name and attributes', () => {
    const { request, response } = mask(
      exchangeOf(
        {
          headers: [
            ['Authorization', 'Basic c3ZjOnMzY3IzdA=='],
            ['Cookie', 'a=s3cr3t; b=s3cr3t2'],
          ],
        },
        {
          headers: [
            ['set-cookie', '.ASPXAUTH=s3cr3t; Path=/; HttpOnly'],
            ['location', '/cb?code=s3cr3t&state=x'],
          ],
        },
      ),
    );
    expect(request.headers).toEqual([
      ['Authorization', 'Basic ***'],
      ['Cookie', 'a=***; b=***'],
    ]);
    expect(response.headers).toEqual([
      ['set-cookie', '.ASPXAUTH=***; Path=/; HttpOnly'],
      ['location', '/cb?code=***&state=x'],
    ]);
  });

  it('hides the secret of a Basic pair in clear, where the answer repeats it', () => {
    const headers = [['authorization', `Basic ${btoa('svc:s3cr3t:x')}`]] as const;
    const json = [['content-type', 'application/json']] as const;
    const { response } = mask(exchangeOf({ headers }, { headers: json, body: '{"note":"not s3cr3t:x"}' }));
    expect(response.body).toBe('{"note":"not ***"}');
  });

  it.each([
    ['text/html', '<p>s3cr3t</p>'],
    ['application/json', '{"password":"s3cr3t"'],
    ['application/json', '[not shown: s3cr3t'],
    ['', 'password=s3cr3t'],
  ])('does not show a body of %j that it cannot read', (type, body) => {
    const { response } = mask(exchangeOf({}, { headers: [['content-type', type]], body }));
    expect(response.body).toBe(`[not shown: ${body.length} characters]`);
  });

  it('does not show a body that nests without end', () => {
    const headers = [['content-type', 'application/json']] as const;
    const body = '['.repeat(20_000) + ']'.repeat(20_000);
    expect(mask(exchangeOf({}, { headers, body })).response.body).toBe('[not shown: 40000 characters]');
  });

  it('changes nothing the second time', () => {
    const headers = [
      ['content-type', FORM],
      ['authorization', 'Bearer s3cr3t'],
      ['cookie', 'a=b'],
    ] as const;
    const once = mask(
      exchangeOf(
        { headers, body: 'code=abcdef&x=1' },
        { headers: [['content-type', 'text/plain']], body: 'x' },
      ),
    );
    expect(mask(once)).toEqual(once);
  });

  it('shows an authorization URL without what it should never have held', () => {
    expect(maskUrl(`${ENDPOINT}/a?client_id=x&client_secret=s3cr3t`)).toBe(
      `${ENDPOINT}/a?client_id=x&client_secret=***`,
    );
  });
});

describe('toHar', () => {
  it('writes HTTP Archive 1.2, masked whoever recorded the exchange', () => {
    const form = [['content-type', FORM]] as const;
    const har = toHar([
      exchangeOf(
        { url: `${ENDPOINT}/t?a=1`, headers: form, body: 'code=abcdef', startedAt: 1_700_000_000_000 },
        { status: 302, statusText: 'Found', headers: [['location', '/login']] },
      ),
    ]);
    expect(har).toEqual({
      log: {
        version: '1.2',
        creator: { name: 'sallyport', version: '0.1.0' },
        entries: [
          {
            startedDateTime: '2023-11-14T22:13:20.000Z',
            time: 5,
            request: {
              method: 'POST',
              url: `${ENDPOINT}/t?a=1`,
              httpVersion: 'unknown',
              cookies: [],
              headers: [{ name: 'content-type', value: FORM }],
              queryString: [{ name: 'a', value: '1' }],
              postData: { mimeType: FORM, text: 'code=***' },
              headersSize: -1,
              bodySize: -1,
            },
            response: {
              status: 302,
              statusText: 'Found',
              httpVersion: 'unknown',
              cookies: [],
              headers: [{ name: 'location', value: '/login' }],
              content: { size: 0, mimeType: '', text: '' },
              redirectURL: '/login',
              headersSize: -1,
              bodySize: -1,
            },
            cache: {},
            timings: { send: 0, wait: 5, receive: 0 },
          },
        ],
      },
    });
  });
});
