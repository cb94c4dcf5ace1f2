import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { User } from '../../src/core/model.js';
import { openStore } from '../../src/store/open.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { holds, SEED, TIME } from '../support/fuzz.js';
import { raw } from './raw.js';
import { insertDirectory, NOW, recordsOf, useStore } from './records.js';

const clock = { now: () => NOW };
const made = recordsOf('t1');

/** Text that an index might take for something else: quotes, blanks, wildcards, letters of several bytes. */
const text = fc.string({
  unit: fc.constantFrom(...'aaabBß\u00e9\u0130😀 _%\\-.@"\'*:^'),
  minLength: 1,
  maxLength: 12,
});

/** What the migration makes, taken away again. */
const WITHOUT_INDEX = {
  sqlite: `drop trigger users_inserted; drop trigger users_updated; drop table user_terms; drop table user_fragments;
    drop table user_texts;`,
  // As a restored backup from before leaves it: the function stays.
  postgres: 'drop index ix_users_fragments;',
};

describeOnEveryDatabase('search among users', (database) => {
  const context = useStore(database);
  const names = fc.sample(text, { numRuns: 60, seed: SEED });

  const numbered = (at: number, over: Partial<User> = {}) =>
    made.user({
      id: `${at}`,
      loginName: `n${at}`,
      loginKey: `n${at}`,
      email: '',
      displayName: '',
      ...over,
    });

  async function found(search: string, tenantId = 't1'): Promise<string[]> {
    const { items } = await context.opened.store.read.users.page(tenantId, { limit: 200, search });
    return items.map(({ id }) => id).sort();
  }

  beforeAll(async () => {
    await context.opened.adminStore.change(async (tx) => {
      for (const [at, displayName] of names.entries())
        await tx.admin.insertUser(numbered(at, { displayName }));
      await insertDirectory(tx, 't2');
    });
  });

  it(
    'finds whoever has the fragment, of any length and wherever it stands, and nobody else',
    async () => {
      const ofAName = fc
        .tuple(fc.constantFrom(...names), fc.nat(11), fc.integer({ min: 1, max: 5 }))
        .map(([name, from, length]) => [...name].slice(from, from + length).join(''))
        .filter((fragment) => fragment !== '');
      const texts = names.map((name, at) => `n${at}\n${name}`.toLowerCase());
      await holds(fc.oneof(ofAName, text), async (fragment) => {
        const expected = texts.flatMap((each, at) =>
          each.includes(fragment.toLowerCase()) ? [`${at}`] : [],
        );
        expect((await found(fragment)).filter((id) => /^\d+$/.test(id))).toEqual(expected.sort());
      });
    },
    TIME,
  );

  it('finds a user by the new name alone once renamed, and not at all once deleted', async () => {
    const user = numbered(900, { displayName: 'zyxwv' });
    await context.opened.adminStore.change((tx) => tx.admin.insertUser(user));
    await context.opened.adminStore.change((tx) =>
      tx.admin.updateUser({ ...user, displayName: 'vwxyz', version: 2 }),
    );
    expect([await found('zyx'), await found('zy'), await found('wxyz'), await found('yz')]).toEqual([
      ...[[], []],
      ...[['900'], ['900']],
    ]);
    await context.opened.adminStore.change((tx) => tx.admin.deleteUser('t1', '900'));
    expect([await found('vwxyz'), await found('yz')]).toEqual([[], []]);
  });

  it('knows one sigma, and the last of all characters', async () => {
    await context.opened.adminStore.change(async (tx) => {
      await tx.admin.insertUser(numbered(901, { displayName: 'ΟΔΥΣΣΕΥΣ' }));
      await tx.admin.insertUser(numbered(902, { displayName: '#\u{10ffff}q' }));
    });
    const fragments = ['ΟΔΥΣ', 'οδυς', 'ΣΣ', 'ΕΥΣ', 'ευς'];
    for (const fragment of fragments) expect(await found(fragment), fragment).toEqual(['901']);
    for (const fragment of ['#', '#\u{10ffff}', '\u{10ffff}q'])
      expect(await found(fragment), fragment).toEqual(['902']);
  });

  it('finds nobody of another tenant', async () => {
    expect(await found('lovelace', 't2')).toEqual(['ada']);
    expect(await found('zzz', 't2')).toEqual([]);
    expect((await found('n1', 't2')).filter((id) => id !== 'ada')).toEqual([]);
  });

  it('shows every page of more than the index names, in the order of the list', async () => {
    const many = Array.from({ length: 10_100 }, (_, at) => 10_000 + at);
    await context.opened.adminStore.change(async (tx) => {
      await tx.admin.insertRole(made.role({ id: 'many', name: 'Many' }));
      for (const at of many) await tx.admin.insertUser(numbered(at, { displayName: 'Multitude' }));
      for (const at of many.slice(-30)) await tx.admin.addMember('t1', 'many', `${at}`);
      await tx.admin.addMember('t1', 'many', 'ada');
    });
    const { users, roles } = context.opened.store.read;
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await users.page('t1', { limit: 200, search: 'MULTITUDE', after });
      ids.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(ids).toEqual(many.map(String));
    const members = await roles.members('t1', 'many', { limit: 50, search: 'multitude' });
    expect(members.items.map(({ id }) => id)).toEqual(ids.slice(-30));
  });

  it('finds who was there before the index was', async () => {
    const { url, drop } = await database.open();
    const before = await openStore({ url, clock });
    await before.adminStore.change(async (tx) => {
      await insertDirectory(tx, 't1');
      await tx.admin.insertUser(numbered(1, { displayName: 'Odysseus' }));
    });
    await before.close();
    const sigma = "update users set search_text = 'οδυσσευς' where id = '1';";
    const later = `alter table refresh_tokens add column successor_hash text;
      alter table refresh_tokens add column sealed_successor text;
      create index ix_refresh_tokens_successor_hash on refresh_tokens (successor_hash);
      drop index ix_grants_tenant_id_user_id_created_at;
      create index ix_grants_tenant_id_user_id on grants (tenant_id, user_id);
      create index ix_grants_tenant_id_session_id on grants (tenant_id, session_id);
      drop index ix_changes_tenant_id_app_id_id;
      alter table changes drop column app_id;`;
    const forgotten = `delete from sallyport_migration where name >= '0048'`;
    await raw(url, `${sigma} ${WITHOUT_INDEX[database.name]} ${later} ${forgotten}`);
    const after = await openStore({ url, clock });
    const { items } = await after.store.read.users.page('t1', { limit: 5, search: 'ovelac' });
    expect(items.map(({ id }) => id)).toEqual(['ada']);
    const odysseus = await after.store.read.users.page('t1', { limit: 5, search: 'ΣΣΕΥΣ' });
    expect(odysseus.items.map(({ id }) => id)).toEqual(['1']);
    expect(await after.integrity()).toEqual([]);
    await after.close();
    await drop();
  });
});
