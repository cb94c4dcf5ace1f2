/** What the vendor's clients may put into the arguments of a call: understood or refused in the envelope, never a 5xx. */
import type { Endpoint } from '@sallyport/contract';
import { lifetimeSeconds } from '@sallyport/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminError } from '../../src/core/errors.js';
import { lifetimeOfTimeSpan, timeSpan } from '../../src/http/vendor/time-span.js';
import { createWorld, type World } from '../spec/support/world.js';
import { damaged, holds, junk, TIME } from '../support/fuzz.js';
import { ADMIN } from '../support/server.js';
import { type Vendor, vendorBy } from './support.js';

let world: World;
let vendor: Vendor;
let auth: { authorization: string };
beforeAll(async () => {
  world = await createWorld();
  const { handle } = await world.signIn({ loginName: ADMIN.user, password: ADMIN.password });
  auth = { authorization: `Bearer ${handle}` };
  vendor = vendorBy(world, auth);
});
afterAll(() => world.close());

/** Properties that no server is asked for. */
const CHEAP = 10;

const number = fc.constantFrom(
  '0',
  '00',
  '1',
  '5',
  '05',
  '23',
  '24',
  '59',
  '60',
  '99',
  '123',
  '99999',
  '999999',
  '-1',
  '',
);
const span = fc
  .tuple(
    number,
    fc.constantFrom('.', '', ':'),
    number,
    number,
    number,
    fc.constantFrom('', '.0', '.5000000', ' ', 'x'),
  )
  .map(([days, dot, hours, minutes, seconds, rest]) => `${days}${dot}${hours}:${minutes}:${seconds}${rest}`);

/** Seconds, by hand; null for what is no span. */
function secondsOf(text: string): number | null {
  const [clock = '', fraction = '0', ...more] = text.trim().split(/(?<=:\d\d)\./);
  const [first = '', minutes = '', seconds = '', ...others] = clock.split(':');
  const [hours = '', days = '0', ...rest] = first.split('.').reverse();
  if (more.length + others.length + rest.length > 0 || !/^\d+$/.test(fraction)) return null;
  if (!/^\d{1,5}$/.test(days) || !/^\d{1,2}$/.test(hours)) return null;
  if (![minutes, seconds].every((each) => /^\d\d$/.test(each) && Number(each) < 60)) return null;
  const whole = Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  // A lifetime has nine digits.
  return whole < 1e9 ? whole : null;
}

describe('a lifetime in the vendor’s spelling', { timeout: TIME }, () => {
  test('is as many seconds as it says, or is refused', async () => {
    const rule = (text: string) => {
      let lifetime: string;
      try {
        lifetime = lifetimeOfTimeSpan('TokenLifetimeString', text);
      } catch (error) {
        expect(error).toBeInstanceOf(AdminError);
        expect(secondsOf(text)).toBeNull();
        return;
      }
      expect(lifetimeSeconds(lifetime)).toBe(secondsOf(text));
    };
    await holds(fc.oneof(span, damaged(span), junk), rule, CHEAP);
  });

  test('that is written is read as the same number of seconds', async () => {
    // The longest lifetime that an app may have is 3650d.
    const rule = (seconds: number) =>
      expect(lifetimeSeconds(lifetimeOfTimeSpan('TokenLifetimeString', timeSpan(seconds)))).toBe(seconds);
    await holds(fc.nat(3650 * 86_400), rule, CHEAP);
  });

  test('is shown as it was saved', async () => {
    const made = await vendor<{ _RowKey: string }[]>('/SaasManage/ImportAppFromTemplate', {
      ID: ['OAuth2Server'],
    });
    const [{ _RowKey } = { _RowKey: '' }] = made.Result;
    await holds(fc.oneof(span, junk), async (text) => {
      const profile = { TokenLifetimeString: text };
      const saved = await vendor('/SaasManage/UpdateApplicationDE', { _RowKey, OAuthProfile: profile });
      if (!saved.success || text === '') return;
      const shown = await vendor<{ OAuthProfile: { TokenLifetimeString: string } }>(
        `/SaasManage/GetApplication?_RowKey=${_RowKey}`,
      );
      expect(secondsOf(shown.Result.OAuthProfile.TokenLifetimeString)).toBe(secondsOf(text));
    });
  });
});

describe('a call of the vendor’s', { timeout: TIME }, () => {
  test('takes any arguments without a 5xx', async () => {
    const { items } = (await (await world.fetch('/api/v1/endpoints', { headers: auth })).json()) as {
      items: Endpoint[];
    };
    // A call that ends the session, or takes from the administrator what the others need, would end the test.
    const others = /^\/(api|oauth2|my|manage|login|health|metrics|sysinfo)\b|logout|signout|password/i;
    const calls = items.filter(
      ({ method, path }) => method === 'POST' && !others.test(path) && !/[{:]/.test(path),
    );
    expect(calls.length).toBeGreaterThan(30);
    const word = fc.oneof(
      junk,
      fc.jsonValue(),
      fc.constantFrom(
        'MyApp',
        'Developers',
        'sysadmin',
        'ada@acme.test',
        'Execute,View',
        'Role',
        'User',
        -1,
        1e21,
      ),
      fc.constantFrom<unknown>([], [[]], [{}], {}, { PageNumber: -1, PageSize: 1e9 }, [
        { PType: 'Role', Rights: 'x' },
      ]),
    );
    const names = [
      ...[
        'ID',
        'Name',
        'Uuid',
        'User',
        'Users',
        'Roles',
        'Rights',
        'Grants',
        'Principal',
        'PrincipalId',
        'PType',
        'Args',
      ],
      ...[
        'RowKey',
        '_RowKey',
        'PVID',
        'Table',
        'Script',
        'Mail',
        'DisplayName',
        'Description',
        'Roles.Add',
        'Users',
      ],
      ...[
        'Path',
        'AllowedAuth',
        'OAuthProfile',
        'Scopes',
        'Direction',
        'SortBy',
        'FilterBy',
        'FilterValue',
        'id',
        'roles',
      ],
    ];
    const args = fc.dictionary(fc.constantFrom(...names), word, { maxKeys: 5 });
    await holds(
      fc.tuple(fc.constantFrom(...calls), args),
      async ([{ path }, given]) => {
        const response = await world.fetch(path, {
          method: 'POST',
          headers: { ...auth, 'x-centrify-native-client': '1', 'content-type': 'application/json' },
          body: JSON.stringify(given),
        });
        expect(response.status, `${path} ${JSON.stringify(given)}`).toBeLessThan(500);
      },
      4,
    );
    expect(await vendor('/Security/WhoAmI'), 'the session lived on').toMatchObject({ success: true });
  });
});
