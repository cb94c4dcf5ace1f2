/** The table of attacks, sent over HTTP to a real server on every database. */
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, createWorld, SVC, type World } from '../spec/support/world.js';
import { DATABASES } from '../support/databases.js';
import { type Actors, createActors } from './actors.js';
import { TABLE } from './all.js';
import { ADVISORIES, CASE_GROUPS, TESTED_CASES } from './by-number.js';
import { check, checkGiven, isInTime } from './expectations.js';
import type { AttackRequest } from './table.js';
import { send, type WireAnswer } from './wire.js';

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
      const databaseUrl = opened.url.startsWith('postgres') ? { databaseUrl: opened.url } : {};
      world = await createWorld({ ...databaseUrl, settings: { allowPrivateUrls: [] } });
      actors = await createActors(world);
      valid = await actors.fill('{access}');
    });
    afterAll(async () => {
      actors.close();
      await world.close();
      await drop();
    });

    type Kept = Record<string, string>;

    async function filled(request: AttackRequest, kept: Kept): Promise<AttackRequest> {
      const { line, headers, form, json, body } = request;
      const text = await actors.fill(JSON.stringify({ line, headers, form, json }), kept);
      return { ...(JSON.parse(text) as AttackRequest), ...(body !== undefined && { body }) };
    }

    /** Wrong secrets slow an account down; the next row is about something else. */
    async function forgive(): Promise<void> {
      for (const name of [ADA.loginName, SVC.loginName])
        await world.core.credentials.unlock(world.tenant.id, name);
    }

    /** What the row rests on; answers what later requests of it fill in. */
    async function prepare(id: string, given: readonly AttackRequest[]): Promise<Kept> {
      const kept: Kept = {};
      for (const request of given) {
        const answer = await send(world.url, await filled(request, kept));
        checkGiven(answer, `${id}, given ${request.line}`);
        if (request.keep !== undefined) kept[request.keep] = String(JSON.parse(answer.body)[request.keep]);
      }
      return kept;
    }

    async function carryOut(id: string, request: AttackRequest): Promise<WireAnswer[]> {
      const kept = await prepare(id, request.given ?? []);
      for (const first of request.before ?? []) await send(world.url, await filled(first, kept));
      const ready = await filled(request, kept);
      return Promise.all(Array.from({ length: request.times ?? 1 }, () => send(world.url, ready)));
    }

    async function inTime(id: string, request: AttackRequest): Promise<WireAnswer[]> {
      const answers = await carryOut(id, request);
      if (isInTime(answers, request)) return answers;
      const again = await carryOut(id, request);
      const took = Math.max(...again.map((answer) => answer.took));
      expect(isInTime(again, request), `${id}: was answered in ${took.toFixed()} ms`).toBe(true);
      return answers;
    }

    /** Nothing of it made the server fetch an inner address, not even when clients were told of ended sessions. */
    async function expectNothingFetched(id: string): Promise<void> {
      await world.core.logout.deliver();
      expect(actors.asked.splice(0), `${id}: what reached the sink`).toEqual([]);
    }

    test.each(TABLE)('%s', async (id, request, expected, source) => {
      const answers = await inTime(id, request);
      check(answers, expected, `${id} (${source})`);
      await expectNothingFetched(id);
      if (answers.some(({ status }) => status === 400 || status === 401 || status === 200)) await forgive();
      expect(await world.whoami(valid), `${id}: the next valid request`).toBe(200);
    });

    test('D05: the sink tells of a connection that makes no request', async () => {
      await expectNothingFetched('D05');
      connect(Number(await actors.fill('{sinkPort}')), '127.0.0.1').end();
      await expect.poll(() => actors.asked).toEqual(['a connection']);
      actors.asked.splice(0);
    });
  },
);
