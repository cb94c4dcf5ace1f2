import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damaged, headerText, holds, junk, TIME } from '../../server/test/support/fuzz.js';
import {
  advanceAuthentication,
  appEndpoints,
  call,
  clientCredentialsGrant,
  discover,
  type Exchange,
  introspect,
  isSallyportError,
  passwordGrant,
  refreshTokenGrant,
  revoke,
  startAuthentication,
  startDeviceAuthorization,
  toHar,
  UnexpectedResponseError,
  validateIdToken,
} from '../src/index.js';

const ENDPOINT = 'https://id.example.com';
const SERVER = appEndpoints(ENDPOINT, 'myapp');
const CLIENT = { clientId: 'svc', clientSecret: 'a secret of its own' };

const words = (...known: unknown[]) =>
  fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...known) }, junk, fc.jsonValue({ maxDepth: 1 }));
const deep = fc.constantFrom('['.repeat(60_000), '['.repeat(60_000) + ']'.repeat(60_000));

/** The value, or undefined for what the library refused on purpose. */
async function triedFor<T>(attempt: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    expect(isSallyportError(error), String(error)).toBe(true);
    return undefined;
  }
}

const member = fc.constantFrom(
  ...[
    'success',
    'Result',
    'Message',
    'MessageID',
    'Summary',
    'Challenges',
    'Mechanisms',
    'error',
    'active',
    'scope',
  ],
  ...[
    'error_description',
    'access_token',
    'token_type',
    'expires_in',
    'id_token',
    'title',
    'detail',
    'errors',
    'type',
  ],
  ...[
    'device_code',
    'user_code',
    'verification_uri',
    'interval',
    'issuer',
    'token_endpoint',
    'jwks_uri',
    '__proto__',
  ],
);
const document = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    words(true, false, null, 'Bearer', 'invalid_grant', 'LoginSuccess', 60),
    fc.dictionary(member, tie('value'), { maxKeys: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;
const good = fc.constantFrom(
  '{"access_token":"at","token_type":"Bearer","expires_in":60,"refresh_token":"rt","scope":"all"}',
  '{"success":true,"Result":{"Summary":"NewPackage","Challenges":[{"Mechanisms":[{"MechanismId":"m","Name":"UP","AnswerType":"Text"}]}]}}',
  '{"success":false,"Message":"no","MessageID":"_I18N_x","ErrorID":"e"}',
  '{"error":"invalid_grant","error_description":"gone"}',
  '{"title":"no","detail":"none","errors":[{"field":"a","message":"b"}]}',
  '{"device_code":"d","user_code":"u","verification_uri":"https://id.example.com/device","expires_in":60}',
);
const answer = fc.record({
  status: fc.constantFrom(200, 200, 200, 201, 204, 302, 304, 400, 401, 403, 404, 412, 500, 503),
  body: fc.oneof(
    { weight: 6, arbitrary: document.map((value) => JSON.stringify(value) ?? '') },
    { weight: 6, arbitrary: damaged(good) },
    { weight: 2, arbitrary: junk },
    { weight: 1, arbitrary: deep },
  ),
  headers: fc.record(
    {
      'content-type': fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constantFrom('application/json', 'application/problem+json; charset=utf-8'),
        },
        { weight: 1, arbitrary: headerText },
      ),
      'www-authenticate': fc.oneof(headerText, fc.constantFrom('Bearer error="invalid_token"', 'Bearer')),
      location: headerText,
      'set-cookie': headerText,
    },
    { requiredKeys: ['content-type'] },
  ),
});
type Answered = typeof answer extends fc.Arbitrary<infer T> ? T : never;

/** A server that answers so whatever it is asked, and an observer of what is shown. */
function telling({ status, body, headers }: Answered) {
  const seen: Exchange[] = [];
  const isEmpty = status === 204 || status === 304;
  return {
    seen,
    fetch: async () => new Response(isEmpty ? null : body, { status, headers }),
    onExchange: (request: Exchange['request'], response: Exchange['response']) => {
      seen.push({ request, response });
    },
  };
}

describe('whatever a server answers', { timeout: TIME }, () => {
  const asking = {
    discover: (options: ReturnType<typeof telling>) => discover(ENDPOINT, 'myapp', options),
    'client credentials': (options) => clientCredentialsGrant(SERVER, CLIENT, {}, options),
    password: (options) => passwordGrant(SERVER, CLIENT, { username: 'ada', password: 'pw' }, options),
    refresh: (options) => refreshTokenGrant(SERVER, CLIENT, { refreshToken: 'rt' }, options),
    introspect: (options) => introspect(SERVER, CLIENT, 'a token', options),
    revoke: (options) => revoke(SERVER, CLIENT, 'a token', options),
    device: (options) =>
      startDeviceAuthorization(
        { ...SERVER, device_authorization_endpoint: `${ENDPOINT}/d` },
        CLIENT,
        {},
        options,
      ),
    'sign-in': (options) => startAuthentication(ENDPOINT, { user: 'ada@acme.test' }, options),
    'next step': (options) =>
      advanceAuthentication(
        ENDPOINT,
        { sessionId: 's', tenantId: null, mechanismId: 'm', action: 'Answer', answer: 'a' },
        options,
      ),
    call: (options) =>
      call(ENDPOINT, { method: 'POST', path: '/security/whoami', bearerToken: 'bt' }, options),
  } satisfies Record<string, (options: ReturnType<typeof telling>) => Promise<unknown>>;

  it.each(Object.entries(asking))('%s gives a value or an error of this library', async (_, ask) => {
    await holds(answer, async (told) => {
      const options = telling(told);
      await triedFor<unknown>(() => ask(options));
      expect(() => JSON.stringify(toHar(options.seen))).not.toThrow();
    });
  });

  it('the discovered endpoints are on the server that was asked', async () => {
    const url = fc.oneof(
      fc
        .tuple(
          fc.constantFrom(
            'https://',
            'http://',
            'blob:https://',
            'https:',
            'HTTPS://',
            '//',
            'javascript:',
            'ws://',
            '',
          ),
          fc.constantFrom('', 'user@', 'a:b@', 'id.example.com@'),
          fc.constantFrom(
            'id.example.com',
            'ID.EXAMPLE.COM',
            'evil.test',
            'id.example.com.evil.test',
            'localhost',
            '127.0.0.1',
          ),
          fc.constantFrom('', ':443', ':8420', '/token', '\\@evil.test', '?x', '#x'),
        )
        .map((parts) => parts.join('')),
      junk,
      fc.jsonValue({ maxDepth: 1 }),
    );
    const names = [
      ...['authorization_endpoint', 'token_endpoint', 'introspection_endpoint', 'revocation_endpoint'],
      ...['userinfo_endpoint', 'jwks_uri', 'device_authorization_endpoint'],
    ];
    const published = fc.tuple(fc.constantFrom(...names), url);
    let discovered = 0;
    await holds(
      published,
      async ([named, given]) => {
        const body = JSON.stringify({ issuer: `${ENDPOINT}/myapp/`, [named]: given });
        const metadata = await triedFor(() =>
          discover(ENDPOINT, 'myapp', { fetch: async () => new Response(body, { status: 200 }) }),
        );
        if (metadata === undefined) return;
        discovered++;
        for (const [name, value] of Object.entries(metadata)) {
          if (!names.includes(name)) continue;
          const { protocol, host, username, password } = new URL(String(value));
          expect([protocol, host, username, password], name).toEqual(['https:', 'id.example.com', '', '']);
        }
      },
      10,
    );
    expect(discovered).toBeGreaterThan(0);
  });
});

describe('an ID token', { timeout: TIME }, () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
  const expected = { issuer: SERVER.issuer, clientId: 'svc', nonce: 'n1' };
  const now = Math.floor(Date.now() / 1000);

  it('is taken when every claim is right, and for nothing less', async () => {
    const claims = fc.record(
      {
        iss: words(SERVER.issuer, SERVER.issuer, SERVER.issuer, 'https://evil.test/'),
        aud: words('svc', 'svc', ['svc'], ['svc', 'other'], ['other'], []),
        azp: words('svc', 'other'),
        exp: words(now + 3_600, now + 3_600, now + 3_600, now - 3_600, String(now + 3_600)),
        nonce: words('n1', 'n1', 'n1', 'n2'),
        sub: words('ada'),
      },
      { requiredKeys: ['iss', 'aud', 'exp', 'nonce'] },
    );
    let taken = 0;
    const rule = (given: Record<string, unknown>) => {
      const several = Array.isArray(given.aud) && given.aud.length > 1;
      const isRight =
        given.iss === SERVER.issuer &&
        (given.aud === 'svc' || (Array.isArray(given.aud) && given.aud.includes('svc'))) &&
        (!several || given.azp === 'svc') &&
        typeof given.exp === 'number' &&
        given.exp > now &&
        given.nonce === 'n1';
      const token = `${part({ alg: 'RS256' })}.${part(given)}.c2ln`;
      if (!isRight) return expect(() => validateIdToken(token, expected)).toThrow(UnexpectedResponseError);
      taken++;
      return expect(validateIdToken(token, expected)).toEqual(JSON.parse(JSON.stringify(given)));
    };
    await holds(claims, rule, 10);
    expect(taken).toBeGreaterThan(0);
  });

  it('that is none is refused as one', async () => {
    const whole = `${part({ alg: 'RS256' })}.${part({ iss: 'x', aud: 'svc', exp: now + 60 })}.c2ln`;
    const pieces = fc
      .array(fc.oneof(document.map(part), junk), { maxLength: 5 })
      .map((parts) => parts.join('.'));
    await holds(
      fc.oneof(pieces, damaged(fc.constant(whole)), junk),
      (token) => expect(() => validateIdToken(token, expected)).toThrow(UnexpectedResponseError),
      10,
    );
  });
});
