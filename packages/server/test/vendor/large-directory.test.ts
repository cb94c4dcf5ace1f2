/** A directory of more users than a call reads is searched by what the filter says of their names. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { describeAdministration, PEOPLE } from '../admin/support/world.js';
import { raw } from '../store/raw.js';
import { messageOf, type QueryResult, resultOf, rowsOf, type Vendor, vendorAdmin } from './support.js';

const MANY = 10_000;

/** One of the people as many times over, each with a name of their own. */
const MULTIPLY = `
  insert into users (tenant_id, id, login_name, login_key, email, display_name, description, search_text, password_hash,
    confidential_client, enabled, must_change_password, version, valid_after, created_at, updated_at, password_history,
    password_changed_at, profile, jwks, email_verified)
  with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MANY})
  select tenant_id, 'copy-' || i, 'copy' || i || '@acme.test', 'copy' || i || '@acme.test', 'c' || i || '@mail.test',
    'Copy No. ' || i, 'copied', lower('copy' || i || '@acme.test' || '\n' || 'c' || i || '@mail.test' || '\n' || 'Copy No. ' || i),
    password_hash, confidential_client, enabled, must_change_password, version, valid_after, created_at, updated_at,
    password_history, password_changed_at, profile, jwks, email_verified
  from users, n where login_key = '${PEOPLE.users}'`;

describeAdministration('a large directory', (world) => {
  let admin: Vendor;
  beforeAll(async () => {
    const { databaseUrl, dataDir } = world.config;
    await raw(databaseUrl ?? `sqlite:${join(dataDir, 'sallyport.db')}`, MULTIPLY);
    admin = await vendorAdmin(world);
  });

  const search = (filter: object) =>
    admin<{ User: QueryResult }>('/UserMgmt/DirectoryServiceQuery', {
      user: JSON.stringify(filter),
      Args: {},
    });
  const logins = async (filter: object) =>
    rowsOf((await resultOf(search(filter))).User).map(({ SystemName }) => SystemName);

  test.each([
    ['a part of one column', { DisplayName: { _like: 'NO. 9876' } }],
    [
      'one text in several columns',
      { _or: [{ DisplayName: { _like: '9876' } }, { SystemName: { _like: '9876' } }] },
    ],
    [
      'the narrower of two',
      { _and: [{ SystemName: { _like: '@acme' } }, { DisplayName: { _like: 'No. 9876' } }] },
    ],
    ['a column that is not searched beside one that is', { Description: 'copied', EMail: 'c9876@mail.test' }],
  ])('is searched by %s', async (_, filter) => {
    expect(await logins(filter)).toEqual(['copy9876@acme.test']);
  });

  test.each([
    ['what is in no name', { Description: 'copied' }],
    ['one text in a column that is not searched too', { _or: [{ EMail: '9876' }, { Description: '9876' }] }],
    ['one text or another', { _or: [{ EMail: { _like: '9876' } }, { DisplayName: { _like: '1234' } }] }],
  ])('is too large to be read for %s', async (_, filter) => {
    expect(await messageOf(search(filter))).toMatch(/more than 10000 rows; narrow/);
  });
});
