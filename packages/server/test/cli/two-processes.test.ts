/** Two processes of the real executable over one database stand behind one lockout. Lessons 25 and 26 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeOnEveryDatabase } from '../support/databases.js';
import { start } from '../support/process.js';
import { ADMIN } from './support/running-server.js';

const JSON_CALL = { 'content-type': 'application/json', 'x-centrify-native-client': '1' };

interface Step {
  SessionId: string;
  Summary: string;
  Auth: string;
  Challenges: { Mechanisms: { MechanismId: string }[] }[];
}

async function post(url: string, body: object): Promise<Step> {
  const response = await fetch(url, { method: 'POST', headers: JSON_CALL, body: JSON.stringify(body) });
  return ((await response.json()) as { Result: Step }).Result;
}

/** Begins a sign-in at one process; the answer may be given to another. */
async function begin(url: string): Promise<(at: string, password: string) => Promise<Step>> {
  const { SessionId, Challenges } = await post(`${url}/Security/StartAuthentication`, {
    User: ADMIN.user,
    Version: '1.0',
  });
  const MechanismId = Challenges[0]?.Mechanisms[0]?.MechanismId;
  return (at, Answer) =>
    post(`${at}/Security/AdvanceAuthentication`, { SessionId, MechanismId, Action: 'Answer', Answer });
}

describeOnEveryDatabase('two processes', (database) => {
  test('evaluate five of 200 parallel guesses, and one more after each delay that doubles', async () => {
    const { url: databaseUrl, drop } = await database.open();
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
    const env = {
      ...(databaseUrl.startsWith('postgres') ? { SALLYPORT_DATABASE_URL: databaseUrl } : {}),
      SALLYPORT_ADMIN_USER: ADMIN.user,
      SALLYPORT_ADMIN_PASSWORD: ADMIN.password,
      SALLYPORT_RATE_LIMIT: 'off',
      SALLYPORT_MASTER_KEY: '5a'.repeat(32),
    };
    const serve = () => start(['serve', '--port', '0', '--data-dir', folder], { env });
    const addressOf = async (process: ReturnType<typeof serve>) =>
      (await process.seen(/listening on ([^\s"]+)/))[1] ?? '';
    const one = serve();
    const processes = [one];
    try {
      const first = await addressOf(one);
      const other = serve();
      processes.push(other);
      const second = await addressOf(other);
      const { Auth } = await (await begin(first))(second, ADMIN.password);
      const at = (index: number) => (index % 2 ? first : second);
      const begun = await Promise.all(Array.from({ length: 200 }, (_, index) => begin(at(index))));
      const started = Date.now();
      const answers = await Promise.all(
        begun.map((answer, index) => answer(at(Math.floor(index / 2)), `guess ${index}`)),
      );
      expect(new Set(answers.map(({ Summary }) => Summary))).toEqual(new Set(['Failure']));
      const seconds = (Date.now() - started) / 1000;

      const events = await fetch(`${second}/api/v1/events?type=login.failure&limit=200`, {
        headers: { authorization: `Bearer ${Auth}` },
      });
      const { items } = (await events.json()) as { items: { detail: string }[] };
      expect(items).toHaveLength(200);
      const evaluated = items.filter(({ detail }) => !detail.includes('slowed down'));
      expect(evaluated.length).toBeLessThanOrEqual(5 + Math.floor(Math.log2(seconds + 1)));
    } finally {
      for (const { child } of processes) child.kill('SIGTERM');
      await Promise.all(processes.map(({ finished }) => finished));
      await drop();
      await rm(folder, { recursive: true, force: true });
    }
  }, 90_000);
});
