/**
 * A property per language that somebody may write to the server in: whatever comes is understood or refused, quickly,
 * and never a 5xx. `support/fuzz.ts` says how to run them longer.
 */
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDeclaration } from '../../src/cli/declaration-file.js';
import { CliFailure } from '../../src/cli/failure.js';
import type { AttackRequest } from '../attacks/table.js';
import { send } from '../attacks/wire.js';
import { damaged, headerText, holds, junk, sentence, TIME } from '../support/fuzz.js';
import { ADMIN } from '../support/server.js';
import { ADA, createWorld, type World } from './support/world.js';

let world: World;
let admin: { authorization: string };
let narrow: string;
let appKey: string;
beforeAll(async () => {
  world = await createWorld();
  const { handle } = await world.signIn({ loginName: ADMIN.user, password: ADMIN.password });
  admin = { authorization: `Bearer ${handle}` };
  const { cookie } = await world.signIn(ADA);
  narrow = (await world.tokens(cookie, { scope: 'whoami' })).access_token;
  const made = await vendor('/SaasManage/ImportAppFromTemplate', '{"ID":["OAuth2Server"]}');
  appKey = String(/"_RowKey":"([^"]+)"/.exec(made.body)?.[1]);
  expect(made.body).toContain('"success":true');
});
afterAll(() => world.close());

const LONGEST = 2_000;
/** Something to be filled in, where anything is. */
const VARIABLE = `$${'{HOME}'}`;

/** Sends it; no answer is a 5xx, and none takes long. */
async function answered(request: AttackRequest) {
  const began = performance.now();
  const answer = await send(world.url, request);
  expect(answer.status, answer.text.slice(0, 300)).toBeLessThan(500);
  expect(performance.now() - began).toBeLessThan(LONGEST);
  return answer;
}

const NATIVE = { 'x-centrify-native-client': '1', 'content-type': 'application/json' };
const vendor = (path: string, body: string) =>
  answered({ line: `POST ${path}`, headers: { ...NATIVE, ...admin }, body });
const change = (method: string, path: string, json: unknown) =>
  answered({ line: `${method} /api/v1${path}`, headers: { ...admin, 'if-match': '*' }, json });

/** The vendor's envelope, whatever was asked. */
function expectEnvelope({ body }: { body: string }): void {
  expect(JSON.parse(body)).toHaveProperty('success');
}

/** What the property damages is good when it is whole: the parser is reached. */
function expectSuccess({ body }: { body: string }): void {
  expect(JSON.parse(body)).toMatchObject({ success: true });
}

describe('no text does harm', { timeout: TIME }, () => {
  test('Redrock SQL', async () => {
    const sql = sentence(
      ...['select', 'Select', '*', 'ID', 'Username', 'from', 'User', 'Role', 'Application', 'where', 'and'],
      ...['or', 'not', 'like', "'%a%'", "''", "'", '"', '(', ')', ',', '=', '<>', '>', 'is', 'null', 'in'],
      ...['order by', 'group by', 'limit', '1', '-1', '1e999', 'count(*)', 'lower(Username)', 'datefunc('],
      ...["'now'", "'-1'", 'case', 'when', 'then', 'end', 'between', 'union', '--', '/*', ';', 'join', 'on'],
    );
    const whole = [
      "select ID, Username from User where Username like '%a%' order by Username limit 5",
      "select count(*) as n from Role where Name in ('a', 'b') or not (Name = 'c')",
    ];
    const ask = (Script: string) =>
      vendor('/RedRock/query', JSON.stringify({ Script, Args: { PageSize: 10 } }));
    for (const query of whole) expectSuccess(await ask(query));
    await holds(fc.oneof(sql, damaged(fc.constantFrom(...whole)), junk), async (Script) =>
      expectEnvelope(await ask(Script)),
    );
  });

  test('the vendor’s relaxed JSON', async () => {
    const path = fc.constantFrom(
      ...['/UserMgmt/GetUserInfo', '/SaasManage/GetApplication', '/RedRock/query', '/security/whoami'],
      ...['/Security/StartAuthentication', '/Security/AdvanceAuthentication', '/Roles/GetRole'],
    );
    const good = fc.constantFrom(
      "{ID:'x', Args: {PageNumber:1, PageSize:10,}, // note\n 'Script': \"select 1\"}",
      '{"User":"ada@acme.test","Version":"1.0","AssociatedEntityName":null}',
      '{SessionId:"a",MechanismId:"b",Action:"Answer",Answer:"c"}',
    );
    const relaxed = sentence(
      ...['{', '}', '[', ']', ':', ',', "'ID'", '"ID"', 'ID', 'Args', 'null', 'true', '1', '-', '//', '/*'],
      ...['__proto__', 'constructor', '\\u0000', '"', "'", '0x1', 'Infinity', 'NaN'],
    );
    await holds(fc.tuple(path, fc.oneof(damaged(good), relaxed, junk)), async ([to, body]) => {
      expectEnvelope(await vendor(to, body));
    });
  });

  test('a token script', async () => {
    const script = sentence(
      ...["setClaim('Team',", 'setClaim(', "LoginUser.Get('mail'))", 'LoginUser.Username', ');', ';', '//'],
      ...["'a'", '"b"', '+', 'if', '{', '}', 'while(true){}', 'process.exit()', '\n', '`', VARIABLE],
    );
    const whole = "// ok\nsetClaim('Team', LoginUser.Get('mail'));";
    const save = (Script: string) =>
      vendor('/SaasManage/UpdateApplicationDE', JSON.stringify({ _RowKey: appKey, Script }));
    expectSuccess(await save(whole));
    await holds(fc.oneof(script, damaged(fc.constant(whole)), junk), async (Script) =>
      expectEnvelope(await save(Script)),
    );
  });

  test('a lifetime, which is a whole number of seconds, minutes, hours or days', async () => {
    const span = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('', '-', '0', '1', '07', '5', '1.5', '1e3', '99999999999999'),
          fc.constantFrom('', 's', 'm', 'h', 'd', 'y', ' h', 'H'),
        )
        .map((parts) => parts.join('')),
      junk,
      fc.jsonValue(),
    );
    await holds(
      fc.tuple(fc.constantFrom('lifetime', 'codeLifetime', 'refreshTokenLifetime'), span),
      async ([name, value]) => {
        const written = await change('PUT', '/declaration?dryRun=true', {
          apps: [{ applicationId: 'MyApp', tokens: { [name]: value } }],
        });
        expect([200, 400, 422]).toContain(written.status);
        if (written.status === 200) expect(value).toMatch(/^\d+[smhd]$/);
      },
    );
  });

  test('a scope pattern', async () => {
    const pattern = fc.oneof(
      sentence(
        ...[
          '.*',
          '(a+)+',
          '$',
          '^',
          '[',
          ']',
          '(',
          ')',
          '|',
          '\\',
          '{1,',
          '99999}',
          '(?=',
          '(?<!',
          '\\p{L}',
          'security/',
          'whoami',
          '*',
          '+',
          '?',
          '\\1',
        ],
      ).map((text) => text.replaceAll(' ', '')),
      junk,
    );
    await holds(fc.array(pattern, { minLength: 1, maxLength: 3 }), async (restRegex) => {
      const written = await change('PUT', '/declaration?dryRun=true', {
        apps: [{ applicationId: 'MyApp', scope: { definitions: [{ name: 'all', restRegex }] } }],
      });
      expect([200, 400, 422]).toContain(written.status);
    });
  });

  test('a path, of which the scope opens one and no other', async () => {
    const piece = fc.constantFrom(
      ...[
        '/',
        '//',
        '\\',
        '.',
        '..',
        ';',
        '%2e',
        '%2f',
        '%5c',
        '%00',
        '%0a',
        '%25',
        '?',
        '%',
        '%c0%ae',
        '~',
        '*',
      ],
      ...[
        'security',
        'SECURITY',
        'whoami',
        'whoAmI',
        'UserMgmt',
        'RemoveUser',
        'api',
        'v1',
        'users',
        '@',
        ':80',
      ],
    );
    const headers = { ...NATIVE, authorization: `Bearer ${narrow}` };
    await holds(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const target = `/${pieces.join('')}`;
      const { status } = await answered({ line: `POST ${target}`, headers, json: { ID: 'nobody' } });
      if (status !== 200) return;
      const [path = ''] = target.split('?', 1);
      expect(path.toLowerCase().replaceAll(/\/+/g, '/')).toBe('/security/whoami');
    });
  });

  test('the headers of a request, which sign nobody in', async () => {
    const jwt = fc
      .tuple(fc.jsonValue(), fc.jsonValue(), headerText)
      .map((parts) => parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.'));
    const jwe = fc.constant(`${Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url')}....`);
    const token = fc.oneof(
      jwt,
      jwe,
      damaged(fc.constant('eyJhbGciOiJSUzI1NiJ9.e30.c2ln')).map((text) =>
        text.replaceAll(/[^\x20-\x7e]/g, '.'),
      ),
      headerText,
    );
    const scheme = fc.constantFrom('Bearer ', 'bearer', 'DPoP ', 'Basic ', 'Basic Og==', 'Bearer  ', '');
    const sent = fc.record(
      {
        authorization: fc.tuple(scheme, token).map((parts) => parts.join('')),
        dpop: token,
        cookie: fc.oneof(
          headerText,
          headerText.map((text) => `.ASPXAUTH=${text}; sallyport-device=${text}`),
        ),
        host: headerText,
        origin: headerText,
        'x-forwarded-for': headerText,
        'x-forwarded-host': headerText,
        forwarded: headerText,
        'if-match': headerText,
        'accept-language': headerText,
        'accept-encoding': headerText,
        'if-none-match': headerText,
        'content-type': headerText,
        'x-centrify-native-client': headerText,
      },
      { requiredKeys: [] },
    );
    const line = fc.constantFrom(
      ...['POST /security/whoami', 'GET /api/v1/me', 'GET /MyApp/userinfo', 'GET /my'],
    );
    await holds(fc.tuple(line, sent), async ([asked, headers]) => {
      const { status } = await answered({ line: asked, headers });
      expect(status).not.toBe(200);
    });
  });

  test('a declaration, which is refused by the line or read', async () => {
    const yaml = sentence(
      ...[
        'apps:',
        'users:',
        '- ',
        '\n',
        '\n  ',
        '\n    ',
        'loginName:',
        '&a',
        '*a',
        '<<: *a',
        '!!js/function',
        '|',
      ],
      ...['>', '{', '}', '[', ']', '"', "'", VARIABLE, '$', '%YAML 1.1', '---', '...', '#', '? ', ': ', '\t'],
    );
    const good = fc.constant(
      'apps:\n  - applicationId: MyApp\n    name: "My app"\n    tokens: {lifetime: 5h}\n',
    );
    const aliases = fc.constantFrom(
      'a: *b',
      '<<: *a',
      `a: &a [x]\nb: &b [${'*a,'.repeat(200)}]\nc: [${'*b,'.repeat(200)}]`,
    );
    await holds(fc.oneof(yaml, damaged(good), junk, aliases), (text) => {
      const began = performance.now();
      try {
        parseDeclaration('a file', text, {});
      } catch (error) {
        expect(error).toBeInstanceOf(CliFailure);
        expect(String(error)).toMatch(/a file:\d+: /);
      }
      expect(performance.now() - began).toBeLessThan(LONGEST);
    });
  });

  test('a picture', async () => {
    const png = PNG.sync.write(new PNG({ width: 8, height: 8 }));
    const give = (type: string, body: Buffer) =>
      answered({
        line: 'PUT /api/v1/apps/MyApp/logo',
        headers: { ...admin, 'content-type': type, 'if-match': '*' },
        body,
      });
    expect((await give('image/png', png)).status).toBeLessThan(300);
    const change_ = fc.array(fc.tuple(fc.nat(png.length - 1), fc.nat(255)), { maxLength: 12 });
    const file = fc.oneof(
      fc.tuple(change_, fc.nat(png.length)).map(([changes, length]) => {
        const copy = Buffer.from(png);
        for (const [at, byte] of changes) copy[at] = byte;
        return copy.subarray(0, length);
      }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    await holds(
      fc.tuple(fc.constantFrom('image/png', 'image/jpeg', 'multipart/form-data; boundary=x'), file),
      async ([type, body]) => {
        await give(type, body);
      },
    );
  });
});
