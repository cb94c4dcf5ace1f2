import type { Page } from '@sallyport/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { AdminError } from '../../src/core/errors.js';
import type { PageRequest } from '../../src/core/ports.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { recordsOf, useStore } from './records.js';

const made = recordsOf('t1');
const COUNT = 25;

function number(at: number): string {
  return String(at).padStart(3, '0');
}

describeOnEveryDatabase('pages', (database) => {
  const context = useStore(database);
  const read = () => context.opened.store.read;

  beforeAll(async () => {
    await context.opened.adminStore.change(async (tx) => {
      await tx.admin.insertRole(made.role({ id: 'all', name: 'zz All' }));
      for (let at = 0; at < COUNT; at++) {
        const n = number(at);
        const loginKey = `p${n}@page.test`;
        await tx.admin.insertUser(
          made.user({ id: n, loginName: loginKey, loginKey, displayName: `Person ${n}` }),
        );
        await tx.admin.addMember('t1', 'all', n);
        await tx.admin.insertRole(made.role({ id: n, name: `Page ${n}` }));
        await tx.admin.insertApp(made.app({ id: n, applicationId: `Page-${n}`, name: `App ${n}` }));
        await tx.admin.appendChange(made.change({ id: n, object: `apps/page-${n}` }));
        await tx.events.append(made.event({ id: n, correlationId: `page-${n}` }));
      }
    });
  });

  async function everyPage<T>(list: (page: PageRequest) => Promise<Page<T>>, search?: string): Promise<T[]> {
    const all: T[] = [];
    for (let after: string | undefined, left = 20; left > 0; left--) {
      const { items, next } = await list({ limit: 10, after, search });
      expect(items.length).toBeLessThanOrEqual(10);
      all.push(...items);
      if (next === undefined) return all;
      after = next;
    }
    throw new Error('the pages do not end');
  }

  const lists: Record<
    string,
    { list: (page: PageRequest) => Promise<Page<{ id: string }>>; newestFirst?: true }
  > = {
    users: { list: (page) => read().users.page('t1', page) },
    members: { list: (page) => read().roles.members('t1', 'all', page) },
    roles: { list: (page) => read().roles.page('t1', page) },
    apps: { list: (page) => read().apps.page('t1', page) },
    changes: { list: (page) => read().changes.page('t1', page), newestFirst: true },
    events: { list: (page) => read().events.page('t1', page), newestFirst: true },
  };

  describe.each(Object.entries(lists))('of %s', (_, { list, newestFirst }) => {
    const expected = Array.from({ length: COUNT }, (_, at) => number(newestFirst ? COUNT - 1 - at : at));

    it('show every row once, in order, over as many pages as it takes', async () => {
      const ids = (await everyPage(list)).map(({ id }) => id);
      expect(ids.filter((id) => expected.includes(id))).toEqual(expected);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('are narrowed by a fragment without regard to case', async () => {
      const fragment = newestFirst ? 'PAGE-' : 'P';
      const ids = (await everyPage(list, fragment)).map(({ id }) => id);
      expect(ids.filter((id) => expected.includes(id))).toEqual(expected);
      expect((await list({ limit: 10, search: '007' })).items.map(({ id }) => id)).toEqual(['007']);
    });

    it('take the wildcards of LIKE as what they are', async () => {
      for (const search of ['%', '_', '\\', "'"])
        expect((await list({ limit: 10, search })).items).toEqual([]);
    });

    it('end without a cursor when the last row is shown', async () => {
      const exactly = await list({ limit: 1, search: '024' });
      expect(exactly.items).toHaveLength(1);
      expect(exactly.next).toBeUndefined();
    });

    it('refuse a cursor of another list, and garbage', async () => {
      for (const after of ['garbage', '', '\0', Buffer.from('signals.sequence\n1').toString('base64url')])
        await expect(list({ limit: 10, after })).rejects.toBeInstanceOf(AdminError);
    });
  });

  it('search beyond ASCII', async () => {
    const user = made.user({ id: 'ü', loginKey: 'umlaut@page.test', displayName: 'ÄÖÜ Ärger' });
    await context.opened.adminStore.change((tx) => tx.admin.insertUser(user));
    expect((await read().users.page('t1', { limit: 5, search: 'äöü ÄRGER' })).items).toEqual([user]);
  });

  it('follow a renamed user to the new name, and members of a role to the new order', async () => {
    const user = made.user({ id: 'ren', loginKey: 'ren@page.test', displayName: 'Formerly' });
    await context.opened.adminStore.change(async (tx) => {
      await tx.admin.insertUser(user);
      await tx.admin.addMember('t1', 'all', 'ren');
      await tx.admin.updateUser({ ...user, loginKey: 'aaa@page.test', displayName: 'Nowadays', version: 2 });
    });
    expect((await read().roles.members('t1', 'all', { limit: 1 })).items).toMatchObject([{ id: 'ren' }]);
    expect((await read().users.page('t1', { limit: 5, search: 'formerly' })).items).toEqual([]);
    expect((await read().users.page('t1', { limit: 5, search: 'nowadays' })).items).toHaveLength(1);
  });
});
