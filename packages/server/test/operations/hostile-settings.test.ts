/** What an operator may write into a setting: taken as it was meant, or refused in one line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '@fastify/proxy-addr';
import { lifetimeSeconds } from '@sallyport/contract';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Config, ConfigError, environmentName, readConfig, SETTING_NAMES } from '../../src/config.js';
import { openMessenger } from '../../src/mail/open.js';
import { damaged, holds, junk, TIME } from '../support/fuzz.js';

/** Properties that no server is asked for. */
const CHEAP = 4;

type Environment = Record<string, string>;

/** The settings, or null for those that are refused, in one line. */
function settingsOf(environment: Environment, folder?: string): Config | null {
  try {
    return readConfig({ environment, ...(folder === undefined ? {} : { folder }) });
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return null;
  }
}

const retention = (text: string) => settingsOf({ SALLYPORT_RETENTION: text })?.retention;

const blank = fc.constantFrom('', ' ', '  ', '\t');
const life = fc
  .tuple(
    fc.constantFrom('0', '1', '9', '10', '90', '007', '600', '999999999'),
    fc.constantFrom('s', 'm', 'h', 'd', 'y', ''),
  )
  .map((parts) => parts.join(''));
const listed = fc.constantFrom('127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8', '192.0.2.7', '::ffff:10.0.0.1');
const address = fc.oneof(
  listed,
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: -1, max: 129 })).map((parts) => parts.join('/')),
  fc.constantFrom(
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/255.0.0.0',
    'fe80::1%eth0',
    '1',
    '0x7f.1',
    '::ffff:10.0.0.1/8',
    '/8',
  ),
  junk,
);
const url = fc
  .tuple(
    fc.constantFrom(
      'http://',
      'https://',
      'smtp://',
      'smtps://',
      'postgres://',
      'postgresql://',
      'HTTP://',
      'file://',
      '',
    ),
    fc.constantFrom('', 'user@', 'user:secret@', 'us%40er:p%25w@', 'a%zz@', 'a:%@', ':@', '@'),
    fc.constantFrom(
      'localhost',
      '127.0.0.1:8420',
      '[::1]',
      'id.example.com',
      'h:99999',
      '',
      'a b',
      '%zz',
      'exa_mple',
    ),
    fc.constantFrom('', '/', '/path', '?x', '#x', '/%zz'),
  )
  .map((parts) => parts.join(''));

describe('settings', { timeout: TIME }, () => {
  test('of any text are read, or refused in the one way', async () => {
    const value = fc.oneof(
      junk,
      life,
      url,
      address,
      fc.constantFrom('on', 'off', 'true', '0', '-1', '65536', '1e3', 'null'),
    );
    const name = fc.constantFrom(
      ...SETTING_NAMES.map(environmentName),
      'SALLYPORT_NO_SUCH',
      'SALLYPORT_TEST_X',
    );
    const rule = (environment: Environment) => {
      const settings = settingsOf(environment);
      if (!settings) return;
      expect(Object.isFrozen(settings)).toBe(true);
      expect(environment).not.toHaveProperty('SALLYPORT_NO_SUCH');
    };
    await holds(fc.dictionary(name, value, { maxKeys: 3 }), rule, CHEAP);
  });

  test('in a damaged file are read, or refused in the one way', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-settings-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = { port: 8420, behindProxy: ['127.0.0.1'], retention: { events: '90d' }, rateLimit: false };
    const text = fc.oneof(damaged(fc.constant(JSON.stringify(file))), fc.json(), junk);
    const rule = (written: string) => {
      writeFileSync(join(folder, 'sallyport.config.json'), written);
      settingsOf({}, folder);
    };
    expect(settingsOf({ SALLYPORT_PORT: '1' }, folder)).toMatchObject({ port: 1 });
    await holds(text, rule, 4);
  });

  test('of retention hold each kind for as long as was written, or as usual', async () => {
    const usual = retention('');
    const entry = fc.record({ kind: fc.constantFrom('events', 'changes', 'codes', 'other'), life, blank });
    const rule = (entries: { kind: string; life: string; blank: string }[]) => {
      const text = entries
        .map((each) => `${each.blank}${each.kind}${each.blank}=${each.blank}${each.life}`)
        .join(',');
      const isGood = ({ kind, life: written }: { kind: string; life: string }) =>
        kind !== 'other' && /[smhd]$/.test(written) && lifetimeSeconds(written) >= 600;
      const expected = Object.fromEntries(entries.map((each) => [each.kind, each.life]));
      const read = retention(text);
      if (!entries.every(isGood)) return expect(read).toBeUndefined();
      for (const [kind, seconds] of Object.entries(read ?? {}))
        expect(seconds).toBe(
          kind in expected ? lifetimeSeconds(String(expected[kind])) : usual?.[kind as 'events'],
        );
    };
    await holds(fc.array(entry, { maxLength: 4 }), rule, CHEAP);
    expect(retention('events=forever')).toEqual({ ...usual, events: null });
  });

  test('of retention that say more than a kind and its life are refused', async () => {
    const more = fc
      .tuple(
        life,
        fc.oneof(
          life,
          junk.filter((text) => !text.includes(',')),
        ),
      )
      .map((parts) => parts.join('='));
    const rule = (text: string) => expect(retention(`events=${text}`)).toBeUndefined();
    await holds(more, rule, CHEAP);
  });

  test('of key rotation are a lifetime of an hour or more, or off', async () => {
    const rule = (text: string) => {
      const isLong = /^\d+[smhd]$/.test(text) && lifetimeSeconds(text) >= 3600;
      const read = settingsOf({ SALLYPORT_KEY_ROTATION: text })?.keyRotation;
      expect(read).toBe(isLong ? lifetimeSeconds(text) : undefined);
    };
    await holds(
      life.filter((text) => text !== ''),
      rule,
      CHEAP,
    );
    expect(settingsOf({ SALLYPORT_KEY_ROTATION: 'off' })?.keyRotation).toBeNull();
  });

  test('that are lists hold what stands between the commas', async () => {
    const entries = fc.array(fc.tuple(blank, listed, blank), { minLength: 1, maxLength: 4 });
    const rule = (written: string[][]) => {
      const text = written.map((parts) => parts.join('')).join(',');
      const read = settingsOf({ SALLYPORT_BEHIND_PROXY: text, SALLYPORT_ALLOW_PRIVATE_URLS: `${text},,` });
      const expected = written.map(([, entry]) => entry);
      expect(read).toMatchObject({ behindProxy: expected, allowPrivateUrls: expected });
    };
    await holds(entries, rule, CHEAP);
  });

  test('of the master key are the same 32 bytes in either spelling', async () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const rule = (key: Uint8Array) => {
      for (const spelling of ['hex', 'base64'] as const)
        expect(settingsOf({ SALLYPORT_MASTER_KEY: Buffer.from(key).toString(spelling) })?.masterKey).toEqual(
          key,
        );
    };
    await holds(bytes, rule, CHEAP);
  });

  test('that are taken are ones that a server can be made of', async () => {
    const proxies = fc.array(address, { maxLength: 2 }).map((entries) => entries.join(','));
    const given = fc.record({ publicUrl: url, proxies, gateway: url, smtp: url });
    const rule = ({ publicUrl, proxies: behind, gateway, smtp }: { [name: string]: string }) => {
      for (const [name, value] of Object.entries({
        SALLYPORT_PUBLIC_URL: publicUrl,
        SALLYPORT_BEHIND_PROXY: behind,
        SALLYPORT_TEXT_GATEWAY_URL: gateway,
        SALLYPORT_SMTP_URL: smtp,
      })) {
        const environment: Environment = {
          [name]: String(value),
          ...(name === 'SALLYPORT_PUBLIC_URL' && { SALLYPORT_BEHIND_PROXY: '127.0.0.1' }),
        };
        const settings = settingsOf(environment);
        if (!settings) continue;
        const { publicUrl: origin = 'http://localhost' } = settings;
        expect(new URL(origin).origin).toBe(origin);
        compile([...settings.behindProxy]);
        openMessenger(settings, origin, pino({ level: 'silent' }));
      }
    };
    await holds(given, rule, CHEAP);
  });

  test.each([
    ['SALLYPORT_BEHIND_PROXY', '0.0.0.0/0', /SALLYPORT_BEHIND_PROXY: IP addresses or CIDR ranges/],
    ['SALLYPORT_TEXT_GATEWAY_URL', 'https://user:50%@sms.test/', /SALLYPORT_TEXT_GATEWAY_URL: .*%25/],
    ['SALLYPORT_RETENTION', 'events=90d=1d', /events=90d=1d/],
  ])('%s of %s stops the start in one line', (name, value, reason) => {
    expect(() => readConfig({ environment: { [name]: value } })).toThrow(reason);
    expect(settingsOf({ [name]: value })).toBeNull();
  });
});
