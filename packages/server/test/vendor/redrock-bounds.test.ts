/** A Redrock query costs a bounded number of rows and a bounded time, whatever it asks for. */
import { beforeAll, expect, test } from 'vitest';
import { describeAdministration } from '../admin/support/world.js';
import { createTestClock } from '../support/clock.js';
import { messageOf, type QueryResult, resultOf, type Vendor, vendorAdmin } from './support.js';

const MOST_ROWS = 10_000;
const clock = createTestClock();

describeAdministration(
  'a Redrock query over many rows',
  (world) => {
    let admin: Vendor;
    beforeAll(async () => {
      const context = {
        tenant: world.tenant,
        source: '192.0.2.1',
        userAgent: '',
        correlationId: 'bulk',
      };
      const { audit, store } = world.core;
      await store.write(async (tx) => {
        for (let i = 0; i < MOST_ROWS + 1; i++)
          await tx.events.append(audit.event(context, 'token.issued', { detail: `number ${i}` }));
      });
      admin = await vendorAdmin(world);
    });

    const query = (Script: string) => admin<QueryResult>('/Redrock/query', { Script });

    test('is refused when it would read too many, and answered once it is narrower', async () => {
      expect(await messageOf(query('SELECT COUNT(*) AS n FROM Event'))).toMatch(
        /more than 10000 rows; narrow/,
      );
      const narrow = "SELECT COUNT(*) AS n FROM Event WHERE EventType = 'Cloud.Core.Login'";
      expect((await resultOf(query(narrow))).Results[0]?.Row.n).toBeGreaterThan(0);
      const past = "SELECT ID FROM Event WHERE WhenOccurred < DateFunc('now', '-1')";
      expect((await resultOf(query(past))).FullCount).toBe(0);
    });

    test('is given up when it takes too long', async () => {
      const ticking = setInterval(() => clock.advance(1000), 1);
      try {
        const slow = "SELECT ID FROM Event WHERE EventType = 'Sallyport.token.issued'";
        expect(await messageOf(query(slow))).toMatch(/takes too long/);
      } finally {
        clearInterval(ticking);
      }
    });
  },
  { clock },
);
