import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { StoreUnavailable, UniqueViolation } from '../../src/core/ports.js';
import { createWriterQueue } from '../../src/store/writer-queue.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { NOW, recordsOf, useStore } from './records.js';

const made = recordsOf('t1');

/** A queue over a transaction that only counts. */
function countingQueue(over: { lanes?: number; maxWaiting?: number; maxGroup?: number } = {}) {
  const groups: number[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const queue = createWriterQueue<{ jobs: number }>({
    lanes: 1,
    isConflict: (error) => error instanceof RangeError,
    ...over,
    transaction: async (work) => {
      const context = { jobs: 0 };
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      try {
        return await work(context);
      } finally {
        inFlight--;
        groups.push(context.jobs);
      }
    },
  });
  const count = async (context: { jobs: number }) => ++context.jobs;
  return { queue, groups, count, mostInFlight: () => mostInFlight };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('the grouped writer', () => {
  it('puts the jobs of one turn into one transaction', async () => {
    const { queue, groups, count } = countingQueue();
    await Promise.all([queue.run(count), queue.run(count), queue.run(count)]);
    await queue.run(count);
    expect(groups).toEqual([3, 1]);
  });

  it('gives a job that shares with nobody a transaction of its own, in its turn', async () => {
    const { queue, groups, count } = countingQueue();
    const alone = () => queue.run(count, false);
    await Promise.all([alone(), queue.run(count), queue.run(count), alone(), queue.run(count)]);
    expect(groups).toEqual([1, 2, 1, 1]);
  });

  it('bounds a group', async () => {
    const { queue, groups, count } = countingQueue({ maxGroup: 2 });
    await Promise.all([1, 2, 3, 4, 5].map(() => queue.run(count)));
    expect(groups).toEqual([2, 2, 1]);
  });

  it('keeps no more transactions in flight than there are lanes', async () => {
    const { queue, count, mostInFlight } = countingQueue({ lanes: 2, maxGroup: 1 });
    const slow = async (context: { jobs: number }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return count(context);
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => queue.run(slow)));
    expect(mostInFlight()).toBe(2);
  });

  it('lets jobs wait for a group under way, so that they share the next, but not for a slow one', async () => {
    const { queue, groups, count, mostInFlight } = countingQueue({ lanes: 2 });
    const lasting = (milliseconds: number) => async (context: { jobs: number }) => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return count(context);
    };
    const quick = queue.run(lasting(0));
    await turns(1);
    const waiting = [queue.run(count)];
    await turns(1);
    waiting.push(queue.run(count));
    await Promise.all([quick, ...waiting]);
    expect({ groups, most: mostInFlight() }).toEqual({ groups: [1, 2], most: 1 });

    const slow = queue.run(lasting(200));
    await turns(3);
    await queue.run(count);
    expect({ groups, most: mostInFlight() }).toEqual({ groups: [1, 2, 1], most: 2 });
    await slow;
  });

  it('lets no job wait for one that shares with nobody', async () => {
    const { queue, count } = countingQueue({ lanes: 2 });
    let end = () => {};
    const alone = queue.run(async (context) => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return count(context);
    }, false);
    await turns(3);
    let timers = 0;
    const ticking = setInterval(() => timers++, 1);
    for (let job = 0; job < 30; job++) await queue.run(count);
    clearInterval(ticking);
    end();
    await alone;
    expect(timers).toBeLessThan(30);
  });

  it('lets no job wait for company that will share with nobody', async () => {
    const { queue, count } = countingQueue({ lanes: 2 });
    let end = () => {};
    const long = queue.run(async (context) => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return count(context);
    });
    await turns(3);
    let timers = 0;
    const ticking = setInterval(() => timers++, 1);
    for (let job = 0; job < 30; job++) await queue.run(count, false);
    clearInterval(ticking);
    end();
    await long;
    expect(timers).toBeLessThan(30);
  });

  it('does a failed group over in halves, until each that fails is alone', async () => {
    const { queue, groups, count } = countingQueue();
    const fail = async () => {
      throw new TypeError('mine');
    };
    const outcomes = await Promise.allSettled([queue.run(count), queue.run(fail), queue.run(count)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(groups).toEqual([1, 1, 0, 0, 1]);
    const many = await Promise.allSettled(
      [fail, ...Array.from({ length: 63 }, () => count)].map((job) => queue.run(job)),
    );
    expect(many.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(groups).toHaveLength(5 + 13);
  });

  it('tries a transaction again that the database chose as a victim, and gives up in the end', async () => {
    const { queue } = countingQueue();
    let victim = 3;
    const unlucky = async () => {
      if (victim-- > 0) throw new RangeError('deadlock');
      return 'done';
    };
    expect(await queue.run(unlucky)).toBe('done');
    victim = 100;
    await expect(queue.run(unlucky)).rejects.toBeInstanceOf(RangeError);
    expect(victim).toBe(95);
  });

  it('does nothing twice whose commit may have been lost on the way', async () => {
    let runs = 0;
    const queue = createWriterQueue<null>({
      lanes: 1,
      isConflict: () => false,
      transaction: async (work) => {
        await work(null);
        throw new StoreUnavailable('the connection broke');
      },
    });
    const job = async () => {
      runs++;
    };
    const outcomes = await Promise.allSettled([queue.run(job), queue.run(job)]);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(runs).toBe(2);
  });

  it('refuses a job when too many wait', async () => {
    const { queue, count } = countingQueue({ maxWaiting: 2 });
    const first = [queue.run(count), queue.run(count)];
    await expect(queue.run(count)).rejects.toBeInstanceOf(StoreUnavailable);
    await Promise.all(first);
    await queue.run(count);
  });

  it('lets a job ride along whose caller is busy, and commits it once the caller waits', async () => {
    const { queue, groups, count } = countingQueue();
    let waits = () => {};
    const busy = new Promise<void>((resolve) => {
      waits = resolve;
    });
    const first = queue.run(count, true, busy);
    await turns(5);
    expect(groups).toEqual([]);
    await Promise.all([queue.run(count), first]);
    const second = queue.run(count, true, busy);
    await turns(5);
    expect(groups).toEqual([2]);
    waits();
    await second;
    expect(groups).toEqual([2, 1]);
  });

  it('lets a job wait for those whose callers are busy, but not for long', async () => {
    const { queue, groups, count } = countingQueue();
    let waits = () => {};
    const busy = new Promise<void>((resolve) => {
      waits = resolve;
    });
    const first = queue.run(count, true, busy);
    const second = queue.run(count);
    await turns(2);
    waits();
    await turns(5);
    expect(groups).toEqual([2]);
    await Promise.all([first, second]);

    const never = queue.run(count, true, new Promise(() => {}));
    await queue.run(count);
    await never;
    expect(groups).toEqual([2, 2]);
  });

  it('drops a job whose caller failed before it was committed', async () => {
    const { queue, groups, count } = countingQueue();
    const failing = Promise.reject(new TypeError('no signature'));
    await expect(queue.run(count, true, failing)).rejects.toBeInstanceOf(TypeError);
    await queue.run(count);
    expect(groups).toEqual([1]);
  });

  it('closes when the last job is answered, and refuses the next', async () => {
    const { queue, groups, count } = countingQueue();
    const last = queue.run(count);
    await queue.close();
    expect(groups).toEqual([1]);
    await last;
    await expect(queue.run(count)).rejects.toBeInstanceOf(StoreUnavailable);
  });
});

describeOnEveryDatabase('writing', (database) => {
  const context = useStore(database);
  const read = () => context.opened.store.read;
  const write: typeof context.opened.store.write = (job) => context.opened.store.write(job);
  const parked = (keyHash: string) => made.parked({ keyHash });

  it('a failing job rolls back what it wrote and fails none of its neighbours', async () => {
    await write((tx) => tx.parked.insert(parked('taken')));
    const outcomes = await Promise.allSettled([
      write((tx) => tx.parked.insert(parked('before'))),
      write(async (tx) => {
        await tx.parked.insert(parked('lost'));
        throw new Error('refused by core');
      }),
      write((tx) => tx.parked.insert(parked('taken'))),
      write((tx) => tx.codes.insert(made.code({ userId: 'nobody' }))),
      write((tx) => tx.parked.insert(parked('after'))),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(outcomes[1]).toMatchObject({ reason: new Error('refused by core') });
    expect(outcomes[2]).toMatchObject({ reason: expect.any(UniqueViolation) });
    expect(outcomes[3]).toMatchObject({ reason: expect.any(StoreUnavailable) });
    expect(await read().parked.find('lost')).toBeNull();
    expect(await read().parked.find('before')).not.toBeNull();
    expect(await read().parked.find('after')).not.toBeNull();
  });

  it('a job whose parent row is gone fails alone', async () => {
    const outcomes = await Promise.allSettled([
      write((tx) => tx.codes.insert(made.code({ userId: 'nobody' }))),
      write((tx) => tx.parked.insert(parked('beside'))),
    ]);
    expect(outcomes).toMatchObject([{ reason: expect.any(StoreUnavailable) }, { status: 'fulfilled' }]);
  });

  it('a job that swallows the failure of a statement commits nothing', async () => {
    const swallowing = write(async (tx) => {
      await tx.parked.insert(parked('swallowed'));
      await tx.parked.insert(parked('taken')).catch(() => {});
    });
    await expect(swallowing).rejects.toBeInstanceOf(UniqueViolation);
    expect(await read().parked.find('swallowed')).toBeNull();
  });

  it('readers see nothing before the commit, and everything after it', async () => {
    let seenInside: unknown = 'unread';
    let ownView: unknown = null;
    await write(async (tx) => {
      await tx.parked.insert(parked('hidden'));
      ownView = await tx.parked.find('hidden');
      seenInside = await read().parked.find('hidden');
    });
    expect(seenInside).toBeNull();
    expect(ownView).toEqual(parked('hidden'));
    expect(await read().parked.find('hidden')).toEqual(parked('hidden'));
  });

  it('administrative changes roll back whole', async () => {
    const change = context.opened.adminStore.change(async (tx) => {
      await tx.admin.insertRole(made.role({ id: 'half', name: 'Half' }));
      await tx.admin.appendChange(made.change({ id: 'half' }));
      throw new Error('refused');
    });
    await expect(change).rejects.toThrow('refused');
    expect(await read().roles.find('t1', 'half')).toBeNull();
    expect((await read().changes.page('t1', { limit: 5 })).items).toEqual([]);
  });

  it('an added row is there for the next statement of its transaction, and gone with it', async () => {
    const token = (tokenHash: string) => made.accessToken({ tokenHash, grantId: null });
    await write(async (tx) => {
      await tx.accessTokens.insert(token('first'));
      await tx.accessTokens.insert(token('second'));
      expect(await tx.accessTokens.find('first')).toEqual(token('first'));
      expect(await tx.accessTokens.revoke('second', NOW)).toBe(true);
    });
    const failing = write(async (tx) => {
      await tx.accessTokens.insert(token('third'));
      throw new Error('refused by core');
    });
    await expect(failing).rejects.toThrow('refused by core');
    const kept = ['first', 'second', 'third'].map((hash) => read().accessTokens.find(hash));
    expect(await Promise.all(kept)).toEqual([token('first'), { ...token('second'), revokedAt: NOW }, null]);
  });

  it('an added row goes with the user who is deleted after it', async () => {
    await context.opened.adminStore.change(async (tx) => {
      await tx.admin.insertUser(
        made.user({ id: 'brief', loginName: 'brief@acme.test', loginKey: 'brief@acme.test' }),
      );
      await tx.accessTokens.insert(made.accessToken({ tokenHash: 'brief', userId: 'brief', grantId: null }));
      await tx.admin.deleteUser('t1', 'brief');
    });
    expect(await read().accessTokens.find('brief')).toBeNull();
  });

  it('a number without end is never taken for none', async () => {
    const revokedAt = Number.POSITIVE_INFINITY;
    const endless = made.accessToken({ tokenHash: 'endless', grantId: null, revokedAt });
    await write((tx) => tx.accessTokens.insert(endless)).catch(() => undefined);
    const stored = await read().accessTokens.find('endless');
    expect(stored === null || stored.revokedAt === revokedAt).toBe(true);
  });

  it('rows added by jobs of one group stand or fall one by one', async () => {
    const add = (tokenHash: string) =>
      write((tx) => tx.accessTokens.insert(made.accessToken({ tokenHash, grantId: null })));
    const outcomes = await Promise.allSettled([add('once'), add('twice'), add('twice'), add('thrice')]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
      { reason: expect.any(UniqueViolation) },
      { status: 'fulfilled' },
    ]);
    expect(await read().accessTokens.find('thrice')).not.toBeNull();
  });

  it('of jobs of one group that use something once, the first does, and the others change nothing', async () => {
    const fresh = ['c1', 'c2', 'c3'];
    await write(async (tx) => {
      await tx.grants.insert(made.grant({ id: 'family' }));
      await tx.grants.insert(made.grant({ id: 'taken' }));
      for (const codeHash of fresh) await tx.codes.insert(made.code({ codeHash }));
      await tx.refreshTokens.insert(made.refreshToken({ tokenHash: 'r1', grantId: 'family' }));
    });
    const redeem = (codeHash: string, grantId: string) =>
      write(async (tx) => {
        if (!(await tx.codes.redeem(codeHash, NOW + 1))) return false;
        await tx.grants.insert(made.grant({ id: grantId }));
        await tx.accessTokens.insert(made.accessToken({ tokenHash: `of ${grantId}`, grantId }));
        return true;
      });
    const rotate = (successor: string) =>
      write(async (tx) => {
        if (!(await tx.refreshTokens.replace('r1', NOW + 2))) return false;
        await tx.refreshTokens.insert(made.refreshToken({ tokenHash: successor, grantId: 'family' }));
        return true;
      });
    const outcomes = await Promise.allSettled([
      ...[redeem('c1', 'g1'), redeem('c2', 'g2'), redeem('c1', 'g3'), redeem('unknown', 'g4')],
      ...[rotate('r2'), rotate('r3'), redeem('c3', 'taken')],
    ]);
    const done = (value: boolean) => ({ status: 'fulfilled', value });
    expect(outcomes).toEqual([
      ...[done(true), done(true), done(false), done(false), done(true), done(false)],
      { status: 'rejected', reason: expect.any(UniqueViolation) },
    ]);
    const { grants, refreshTokens, accessTokens, codes } = read();
    const ids = ['g1', 'g2', 'g3', 'g4'];
    const found = await Promise.all(ids.map((id) => grants.find('t1', id)));
    expect(found.map((grant) => grant?.id)).toEqual(['g1', 'g2', undefined, undefined]);
    expect(await accessTokens.find('of g3')).toBeNull();
    expect(await accessTokens.find('of taken')).toBeNull();
    const redeemed = await Promise.all(fresh.map((hash) => codes.find(hash)));
    expect(redeemed.map((code) => code?.redeemedAt)).toEqual([NOW + 1, NOW + 1, null]);
    expect(await refreshTokens.find('r1')).toMatchObject({ replacedAt: NOW + 2 });
    expect(await refreshTokens.find('r2')).not.toBeNull();
    expect(await refreshTokens.find('r3')).toBeNull();
  });

  it('a job that uses something once sees what its own group did to it before', async () => {
    await write(async (tx) => {
      for (const id of ['revoked', 'alive']) {
        await tx.grants.insert(made.grant({ id }));
        await tx.refreshTokens.insert(made.refreshToken({ tokenHash: `of ${id}`, grantId: id }));
      }
    });
    const outcomes = await Promise.all([
      write((tx) => tx.refreshTokens.replace('of alive', NOW)),
      write((tx) => tx.grants.revoke('t1', 'alive', NOW)),
      write((tx) => tx.grants.revoke('t1', 'revoked', NOW)),
      write((tx) => tx.refreshTokens.replace('of revoked', NOW)),
    ]);
    expect(outcomes).toEqual([true, true, true, false]);
  });

  it.runIf(database.name === 'postgres')(
    'a group of redemptions and rotations is one statement',
    async () => {
      const ids = Array.from({ length: 20 }, (_, at) => `many-${at}`);
      await write(async (tx) => {
        for (const id of ids) {
          await tx.codes.insert(made.code({ codeHash: id }));
          await tx.grants.insert(made.grant({ id: `before-${id}` }));
          await tx.refreshTokens.insert(made.refreshToken({ tokenHash: id, grantId: `before-${id}` }));
        }
      });
      const query = vi.spyOn(pg.Client.prototype, 'query');
      const outcomes = await Promise.all(
        ids.map((id, at) =>
          write(async (tx) => {
            if (!(await tx.codes.redeem(id, NOW + at))) return false;
            await tx.grants.insert(made.grant({ id }));
            await tx.refreshTokens.insert(made.refreshToken({ tokenHash: `new-${id}`, grantId: id }));
            return tx.refreshTokens.replace(id, NOW + at);
          }),
        ),
      );
      const statements = query.mock.calls.length;
      query.mockRestore();
      expect({ statements, outcomes }).toEqual({ statements: 1, outcomes: ids.map(() => true) });
      const marked = await Promise.all(ids.map((id) => read().refreshTokens.find(id)));
      expect(marked.map((token) => token?.replacedAt)).toEqual(ids.map((_, at) => NOW + at));
    },
  );

  it.runIf(database.name === 'postgres')(
    'a group waits for who was first elsewhere, and the others in it still get theirs',
    async () => {
      const ids = Array.from({ length: 8 }, (_, at) => `wanted-${at}`);
      await write(async (tx) => {
        for (const codeHash of ids) await tx.codes.insert(made.code({ codeHash }));
      });
      const elsewhere = new pg.Client({ connectionString: context.url });
      await elsewhere.connect();
      await elsewhere.query('begin');
      await elsewhere.query("update codes set redeemed_at = 1 where code_hash = 'wanted-3'");
      await elsewhere.query('insert into grants select (json_populate_record(null::grants, $1)).*', [
        JSON.stringify({
          tenant_id: 't1',
          id: 'of-wanted-5',
          scope: '',
          auth_time: 0,
          amr: '',
          source: '',
          created_at: 0,
          expires_at: 9,
          revoked_at: 7,
        }),
      ]);
      const redeeming = Promise.all(
        ids.map((id) =>
          write(async (tx) => {
            if (!(await tx.codes.redeem(id, NOW))) return false;
            await tx.grants.insert(made.grant({ id: `of-${id}` }));
            return true;
          }),
        ),
      );
      await wait(100);
      await elsewhere.query('commit');
      await elsewhere.end();
      expect(await redeeming).toEqual(ids.map((_, at) => at !== 3));
      expect(await read().grants.find('t1', 'of-wanted-3')).toBeNull();
      expect(await read().grants.find('t1', 'of-wanted-5')).toMatchObject({ userId: 'ada', revokedAt: 7 });
    },
  );

  it('text that no database can hold is kept as near as can be', async () => {
    const texts = [
      'nul \0 inside',
      'half \ud83d of a pair',
      'a pair \u{1f600}',
      'back \\u0000 slashed',
      '"quoted"',
    ];
    await write(async (tx) => {
      for (const [at, detail] of texts.entries())
        await tx.events.append(made.event({ id: `text-${at}`, detail }));
    });
    const { items } = await read().events.page('t1', { limit: 5 });
    const kept = ['nul \ufffd inside', 'half \ufffd of a pair', ...texts.slice(2)];
    expect(items.map(({ detail }) => detail).reverse()).toEqual(kept);
  });

  it('a thousand writes at once all come through', async () => {
    await Promise.all(
      Array.from({ length: 1_000 }, (_, at) => write((tx) => tx.parked.insert(parked(`bulk ${at}`)))),
    );
    expect(await read().parked.find('bulk 999')).not.toBeNull();
  });

  it('a closed store refuses writes and reads as unavailable', async () => {
    const other = await context.openAnother();
    await other.close();
    await expect(other.store.write((tx) => tx.parked.consume('x'))).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(other.store.read.parked.find('x')).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(other.ping()).rejects.toBeInstanceOf(StoreUnavailable);
  });
});
