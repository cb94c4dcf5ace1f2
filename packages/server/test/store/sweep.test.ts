import { expect, it } from 'vitest';
import { lowestIdAt } from '../../src/kit/random.js';
import { openStore } from '../../src/store/open.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { HOUR, insertDirectory, NOW, recordsOf, useStore } from './records.js';

const made = recordsOf('t1');
const DAY = 24 * HOUR;

describeOnEveryDatabase('the sweep', (database) => {
  const context = useStore(database);
  const read = () => context.opened.store.read;
  const sweep = (now: number) => context.opened.sweep(now);

  it('removes what has expired of every kind, and nothing else (lessons 18, 19)', async () => {
    const dead = { expiresAt: NOW };
    const live = { expiresAt: NOW + 1 };
    await context.opened.store.write(async (tx) => {
      for (const [name, ends] of Object.entries({ dead, live })) {
        await tx.logins.insert(made.login({ idHash: name, ...ends }));
        await tx.parked.insert(made.parked({ keyHash: name, ...ends }));
        await tx.sessions.insert(
          made.session({ id: name, cookieHash: name, handleHash: `${name}-h`, ...ends }),
        );
        await tx.devices.save(made.device({ id: name, tokenHash: name, ...ends }));
        await tx.codes.insert(made.code({ codeHash: name, ...ends }));
        await tx.grants.insert(made.grant({ id: name, ...ends }));
        await tx.refreshTokens.insert(made.refreshToken({ tokenHash: name, grantId: name, ...ends }));
        await tx.accessTokens.insert(made.accessToken({ tokenHash: name, grantId: name, ...ends }));
        await tx.accessTokens.insert(
          made.accessToken({ tokenHash: `${name} alone`, grantId: null, ...ends }),
        );
      }
      await tx.events.append(made.event());
    });
    expect(await sweep(NOW)).toBe(9);
    expect(await sweep(NOW)).toBe(0);
    for (const name of ['dead', 'live']) {
      const expected = name === 'dead';
      const { logins, parked, sessions, devices, codes, grants, refreshTokens, accessTokens } = read();
      expect((await logins.find(name)) === null).toBe(expected);
      expect((await parked.find(name)) === null).toBe(expected);
      expect((await sessions.find('t1', name)) === null).toBe(expected);
      expect((await devices.find('t1', name)) === null).toBe(expected);
      expect((await codes.find(name)) === null).toBe(expected);
      expect((await grants.find('t1', name)) === null).toBe(expected);
      expect((await refreshTokens.find(name)) === null).toBe(expected);
      expect((await accessTokens.find(name)) === null).toBe(expected);
      expect((await accessTokens.find(`${name} alone`)) === null).toBe(expected);
    }
    expect((await read().events.page('t1', { limit: 5 })).items).toHaveLength(1);
  });

  it('removes recorded traffic whose time is over, links and steps included', async () => {
    const { store, adminStore, trafficStore } = context.opened;
    for (const [id, expiresAt] of Object.entries({ dead: NOW, live: NOW + 1 })) {
      const home = { tenantId: 't1', id, expiresAt };
      await adminStore.change((tx) =>
        tx.admin.insertRecording({
          ...{ ...home, kind: 'app', subject: 'a1', name: 'a', startedBy: 'x', startedAt: 0, endsAt: 1 },
        }),
      );
      await trafficStore.keep((tx) => tx.putLink('t1', id, id, expiresAt));
      const about = { appId: null, clientId: null, userId: null, userName: null };
      const step = {
        ...home,
        ...about,
        flowId: id,
        at: 0,
        correlationId: id,
        failed: false,
        data: '{}',
        size: 2,
      };
      await trafficStore.keep((tx) => tx.insertStep({ ...step, kind: 'token' }));
    }
    expect(await sweep(NOW)).toBe(3);
    expect(await store.read.events.denialsOf('t1', 'dead')).toEqual([]);
    expect((await trafficStore.flowsOf('t1', ['dead', 'live'])).size).toBe(1);
    expect(await trafficStore.findStep('t1', 'dead')).toBeNull();
    expect(await trafficStore.findStep('t1', 'live')).not.toBeNull();
    expect(await trafficStore.findRecording('t1', 'dead')).toBeNull();
  });

  it('remembers a redeemed code for a day, so that its replay is still known', async () => {
    await context.opened.store.write(async (tx) => {
      await tx.codes.insert(made.code({ codeHash: 'redeemed', expiresAt: NOW }));
      await tx.codes.redeem('redeemed', NOW - 1);
    });
    await sweep(NOW + DAY - 1);
    expect(await read().codes.find('redeemed')).not.toBeNull();
    await sweep(NOW + DAY);
    expect(await read().codes.find('redeemed')).toBeNull();
  });

  it('keeps a grant as long as one of its tokens lives', async () => {
    await context.opened.store.write(async (tx) => {
      await tx.grants.insert(made.grant({ id: 'short', expiresAt: NOW }));
      await tx.accessTokens.insert(
        made.accessToken({ tokenHash: 'outlives', grantId: 'short', expiresAt: NOW + 30 * DAY }),
      );
    });
    await sweep(NOW + 10 * DAY);
    await context.opened.store.write((tx) => tx.grants.revoke('t1', 'short', NOW + 10 * DAY));
    expect(await read().accessTokens.find('outlives')).toMatchObject({ revokedAt: NOW + 10 * DAY });
    await sweep(NOW + 30 * DAY);
    expect(await read().accessTokens.find('outlives')).toBeNull();
    expect(await read().grants.find('t1', 'short')).toBeNull();
  });

  it('forgets attempts after a quiet day, but a source of the user only after 30 days', async () => {
    const key = (source: string) => ({ tenantId: 't1', loginKey: 'ada@acme.test', source });
    await context.opened.store.write(async (tx) => {
      for (const [source, succeededAt] of [
        ['stranger', 0],
        ['familiar', NOW],
      ] as const) {
        const counted = await tx.attempts.lock(key(source));
        await tx.attempts.save({ ...counted, failures: 4, succeededAt });
      }
    });
    await sweep(NOW + DAY - 1);
    expect(await read().attempts.find(key('stranger'))).not.toBeNull();
    await sweep(NOW + DAY);
    expect(await read().attempts.find(key('stranger'))).toBeNull();
    expect(await read().attempts.find(key('familiar'))).not.toBeNull();
    await sweep(NOW + 30 * DAY);
    expect(await read().attempts.find(key('familiar'))).toBeNull();
  });

  it('leaves a signal long enough for every node to read it', async () => {
    const { sequence } = await read().signals.alive(NOW);
    await context.opened.store.write((tx) => tx.signals.append(made.signal({ expiresAt: NOW })));
    await sweep(NOW + 1);
    expect((await read().signals.since(sequence)).signals).toHaveLength(1);
    await sweep(NOW + HOUR);
    expect((await read().signals.since(sequence)).signals).toHaveLength(0);
  });

  it('empties a table larger than one batch', async () => {
    await context.opened.store.write(async (tx) => {
      for (let at = 0; at < 1_100; at++)
        await tx.parked.insert(made.parked({ keyHash: `many ${at}`, expiresAt: NOW - 1 }));
    });
    expect(await sweep(NOW)).toBe(1_100);
  });

  it('keeps the logs for as long as the settings say', async () => {
    const { url, drop } = await database.open();
    const retention = { events: 90 * 86_400, changes: null, codes: 600 };
    const opened = await openStore({ url, clock: { now: () => NOW }, retention });
    await opened.adminStore.change(async (tx) => {
      await insertDirectory(tx, 't1');
      await tx.events.append(made.event({ id: lowestIdAt(NOW - 91 * DAY), at: NOW - 91 * DAY }));
      await tx.events.append(made.event({ id: lowestIdAt(NOW - 89 * DAY), at: NOW - 89 * DAY }));
      await tx.admin.appendChange(made.change({ id: lowestIdAt(NOW - 900 * DAY), at: NOW - 900 * DAY }));
      await tx.codes.insert(made.code({ codeHash: 'redeemed', expiresAt: NOW - 600_000 }));
      await tx.codes.redeem('redeemed', NOW - 600_001);
    });
    expect(await opened.sweep(NOW)).toBe(2);
    const { read } = opened.store;
    expect((await read.events.page('t1', { limit: 5 })).items.map(({ at }) => at)).toEqual([NOW - 89 * DAY]);
    expect((await read.changes.page('t1', { limit: 5 })).items).toHaveLength(1);
    expect(await read.codes.find('redeemed')).toBeNull();
    await opened.close();
    await drop();
  });
});
