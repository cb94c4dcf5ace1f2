/** The table of attacks, sent over HTTP to a real server on every database. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, createWorld, SVC, type World } from '../spec/support/world.js';
import { DATABASES } from '../support/databases.js';
import { type Actors, createActors } from './actors.js';
import { ADVISORIES, CASE_GROUPS, TESTED_CASES } from './by-number.js';
import { administration } from './cases/administration.js';
import { advisories } from './cases/advisories.js';
import { authorization } from './cases/authorization.js';
import { clients } from './cases/clients.js';
import { codesAndRefresh } from './cases/codes-and-refresh.js';
import { extensions } from './cases/extensions.js';
import { fields } from './cases/fields.js';
import { login } from './cases/login.js';
import { numbered } from './cases/numbered.js';
import { paths } from './cases/paths.js';
import { redirects } from './cases/redirects.js';
import { tokens } from './cases/tokens.js';
import { check } from './expectations.js';
import type { Attack, AttackRequest } from './table.js';
import { send, type WireAnswer } from './wire.js';

const TABLE: readonly Attack[] = [
  ...redirects,
  ...authorization,
  ...codesAndRefresh,
  ...clients,
  ...tokens,
  ...paths,
  ...login,
  ...administration,
  ...advisories,
  ...extensions,
  ...numbered,
  ...fields,
];

test('the table holds at least 250 attacks, each with an id of its own', () => {
  expect(TABLE.length).toBeGreaterThanOrEqual(250);
  expect(new Set(TABLE.map(([id]) => id)).size).toBe(TABLE.length);
});

test('every advisory of the lessons has its rows, its test, or no feature to go wrong', () => {
  const ids = new Set(TABLE.map(([id]) => id));
  expect(Object.keys(ADVISORIES)).toHaveLength(56);
  for (const [number, places] of Object.entries(ADVISORIES))
    for (const place of places ?? [])
      expect(
        ids.has(place) || existsSync(new URL(`../${place}`, import.meta.url)),
        `advisory ${number}: ${place}`,
      ).toBe(true);
});

test('every case of the list has its rows, or a test that names it', () => {
  const rowed = new Set(TABLE.map(([id]) => id.slice(0, 3)));
  const names = (place: string, id: string) =>
    new RegExp(`(test|it)[^\\n]*\\b${id}\\b|'${id}:`).test(
      readFileSync(new URL(`../${place}`, import.meta.url), 'utf8'),
    );
  const cases = Object.entries(CASE_GROUPS).flatMap(([group, count]) =>
    Array.from({ length: count }, (_, at) => `${group}${String(at + 1).padStart(2, '0')}`),
  );
  const absent = cases.filter((id) => {
    const place = TESTED_CASES[id];
    return place === undefined ? !rowed.has(id) : !names(place, id);
  });
  expect(absent).toEqual([]);
});

describe.each(DATABASES.map((database) => ({ database, name: database.name })))(
  'attacks ($name)',
  ({ database }) => {
    let world: World;
    let actors: Actors;
    let valid: string;
    let drop = async () => {};
    beforeAll(async () => {
      const opened = await database.open();
      drop = opened.drop;
      world = await createWorld(opened.url.startsWith('postgres') ? { databaseUrl: opened.url } : {});
      actors = await createActors(world);
      valid = await actors.fill('{access}');
    });
    afterAll(async () => {
      actors.close();
      await world.close();
      await drop();
    });

    async function filled(request: AttackRequest): Promise<AttackRequest> {
      const { before: _, times: __, body, ...plain } = request;
      const text = await actors.fill(JSON.stringify(plain));
      return { ...(JSON.parse(text) as AttackRequest), ...(body !== undefined && { body }) };
    }

    /** Wrong secrets slow an account down; the next row is about something else. */
    async function forgive(): Promise<void> {
      for (const name of [ADA.loginName, SVC.loginName])
        await world.core.credentials.unlock(world.tenant.id, name);
    }

    async function carryOut(request: AttackRequest): Promise<WireAnswer[]> {
      for (const first of request.before ?? []) await send(world.url, await filled(first));
      const ready = await filled(request);
      return Promise.all(Array.from({ length: request.times ?? 1 }, () => send(world.url, ready)));
    }

    test.each(TABLE)('%s', async (id, request, expected, source) => {
      const answers = await carryOut(request);
      check(answers, expected, `${id} (${source})`);
      if (answers.some(({ status }) => status === 400 || status === 401 || status === 200)) await forgive();
      expect(await world.whoami(valid), `${id}: the next valid request`).toBe(200);
    });

    test('D05: nothing of all this made the server fetch an inner address', async () => {
      await world.core.logout.deliver();
      expect(actors.asked).toEqual([]);
    });
  },
);
