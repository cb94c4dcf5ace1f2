import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damaged, headerText, holds, junk, TIME, wellFormed } from '../../server/test/support/fuzz.js';
import {
  AuthorizationResponseError,
  appEndpoints,
  call,
  InvalidArgumentError,
  isSallyportError,
  mask,
  normalizeEndpoint,
  OAuthResponseError,
  parseCallTarget,
  toHar,
  validateAuthorizationResponse,
} from '../src/index.js';

const ENDPOINT = 'https://id.example.com';
const SERVER = appEndpoints(ENDPOINT, 'myapp');

/** Properties that no server is asked for. */
const CHEAP = 6;

/** The value, or undefined for what the library refused on purpose. */
async function triedFor<T>(attempt: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    expect(isSallyportError(error), String(error)).toBe(true);
    return undefined;
  }
}

/** Bodies as a server sends them. */
const good = fc.constantFrom('{"access_token":"at","token_type":"Bearer"}', 'a=b&code=c&d', '{"error":"x"}');

describe('an authorization response', { timeout: TIME }, () => {
  const pending = { url: '', redirectUri: '', state: 's1', codeVerifier: 'v', nonce: null };

  it('is taken for its code alone when it answers the request, and each parameter comes once', async () => {
    const pair = fc.tuple(
      fc.constantFrom('state', 'state', 'iss', 'code', 'code', 'error', 'error_description', 'x'),
      fc.oneof(fc.constantFrom('s1', 's1', SERVER.issuer, 'c1', 'access_denied', ''), junk),
    );
    let taken = 0;
    const rule = (pairs: [string, string][]) => {
      const query = new URLSearchParams(pairs);
      const only = (name: string) => (query.getAll(name).length > 1 ? undefined : query.get(name) || null);
      const [state, iss, error, code] = ['state', 'iss', 'error', 'code'].map(only);
      const isAnswer = state === 's1' && (iss === null || iss === SERVER.issuer);
      try {
        const response = validateAuthorizationResponse(SERVER, pending, query);
        taken++;
        expect([isAnswer, error, response.code]).toEqual([true, null, code]);
      } catch (refusal) {
        if (refusal instanceof OAuthResponseError) expect([isAnswer, refusal.error]).toEqual([true, error]);
        else {
          expect(refusal).toBeInstanceOf(AuthorizationResponseError);
          expect(isAnswer && error === null && typeof code === 'string').toBe(false);
        }
      }
    };
    const usual: [string, string][] = [
      ['state', 's1'],
      ['code', 'c1'],
    ];
    const several = fc.array(pair, { maxLength: 4 });
    await holds(
      fc.oneof(
        several,
        several.map((more) => [...usual, ...more]),
      ),
      rule,
      10,
    );
    expect(taken).toBeGreaterThan(0);
  });
});

describe('what a caller writes', { timeout: TIME }, () => {
  it('as a path is called as it is written, on the server that was named, or refused', async () => {
    const piece = fc.constantFrom(
      ...[
        '/',
        '//',
        '\\',
        '.',
        '..',
        '%2e',
        '%2f',
        '?',
        '#',
        '@',
        ':',
        ' ',
        '\t',
        '\n',
        '%',
        'é',
        'evil.test',
        'security',
      ],
      ...['whoami', 'GET ', 'POST ', 'x y', 'https:'],
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`),
      junk,
    );
    await holds(
      text,
      async (written) => {
        const asked: string[] = [];
        const server: typeof fetch = async (url) => {
          asked.push(String(url));
          return new Response('{}', { status: 200 });
        };
        await triedFor(() => call(ENDPOINT, parseCallTarget(written, false), { fetch: server }));
        for (const url of asked) {
          expect(new URL(url).origin).toBe(ENDPOINT);
          const [, path = ''] = /^(?:[A-Za-z]+\s+)?(\/\S*)$/.exec(written.trim()) ?? [];
          expect(decodeURI(url.slice(ENDPOINT.length).replace(/%(?![0-9a-f]{2})/gi, '%25'))).toBe(
            decodeURI(path.replace(/%(?![0-9a-f]{2})/gi, '%25')),
          );
        }
      },
      10,
    );
  });

  it('as an endpoint is the origin of a server that credentials may be sent to, or refused', async () => {
    const text = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('https://', 'http://', 'HTTPS://', 'ftp://', 'blob:https://', '', ' https://'),
          fc.constantFrom('', 'user@', 'user:pw@'),
          fc.constantFrom(
            'id.example.com',
            'localhost',
            '127.0.0.1',
            '127.1',
            '[::1]',
            'localhost.evil.test',
            '127.0.0.1.evil.test',
            '',
          ),
          fc.constantFrom('', ':8420', ':99999', '/manage', '?x', '#y'),
        )
        .map((parts) => parts.join('')),
      junk,
      fc.webUrl(),
    );
    const rule = (written: string) => {
      let endpoint: string;
      try {
        endpoint = normalizeEndpoint(written);
      } catch (error) {
        return expect(error).toBeInstanceOf(InvalidArgumentError);
      }
      const { origin, protocol, hostname } = new URL(endpoint);
      expect(normalizeEndpoint(endpoint)).toBe(endpoint);
      expect(origin).toBe(endpoint);
      if (protocol !== 'https:') expect(hostname).toMatch(/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/);
    };
    await holds(text, rule, 10);
  });
});

describe('an archive', { timeout: TIME }, () => {
  it('holds every exchange, masked, with the query as a server reads it', async () => {
    const headers = fc.array(
      fc.tuple(fc.constantFrom('content-type', 'Location', 'cookie', 'Authorization', 'x-a'), headerText),
      { maxLength: 4 },
    );
    const message = { headers, body: fc.oneof(junk, damaged(good), fc.constantFrom('a=b&code=c')) };
    const query = fc.array(fc.tuple(fc.constantFrom('a', 'code', 'scope', 'é', ''), junk), { maxLength: 4 });
    const exchange = fc.record({
      sent: fc.record(message),
      got: fc.record(message),
      query,
      hash: fc.constantFrom('', '#?x=y'),
    });
    const rule = (
      list: {
        sent: { headers: [string, string][]; body: string };
        got: { headers: [string, string][]; body: string };
        query: [string, string][];
        hash: string;
      }[],
    ) => {
      const exchanges = list.map(({ sent, got, query: pairs, hash }) => ({
        request: {
          ...sent,
          method: 'GET',
          url: `${ENDPOINT}/x?${new URLSearchParams(pairs)}${hash}`,
          startedAt: 0,
        },
        response: { ...got, status: 200, statusText: 'OK', duration: 1 },
      }));
      const { entries } = JSON.parse(JSON.stringify(toHar(exchanges))).log;
      expect(entries).toHaveLength(list.length);
      for (const [at, each] of exchanges.entries()) {
        const shown = mask(each);
        expect(entries[at].request.url).toBe(shown.request.url);
        const read = [...new URL(shown.request.url).searchParams].map(([name, value]) => ({ name, value }));
        expect(entries[at].request.queryString).toEqual(read);
        expect(entries[at].response.content.text).toBe(wellFormed(shown.response.body));
        expect(mask(shown)).toEqual(shown);
      }
    };
    await holds(fc.array(exchange, { maxLength: 3 }), rule, CHEAP);
  });
});
