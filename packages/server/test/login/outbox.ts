/** The outbox of a test server: what was sent, as its owner would read it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SentMessage {
  to: string;
  subject: string;
  text: string;
  code: string | null;
  link: string | null;
}

export interface Outbox {
  folder: string;
  /** The next message that nobody has taken yet; waits for it. */
  next(): Promise<SentMessage>;
  /** All of them, the oldest first, taken or not. */
  sent(): Promise<SentMessage[]>;
  /** How many have been sent by now. */
  count(): Promise<number>;
  remove(): Promise<void>;
}

export async function openOutbox(): Promise<Outbox> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-outbox-'));
  const files = async () => (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const taken = new Set<string>();
  return {
    folder,
    async next() {
      for (let tries = 0; tries < 200; tries++) {
        const name = (await files()).find((file) => !taken.has(file));
        if (name) {
          taken.add(name);
          return JSON.parse(await readFile(join(folder, name), 'utf8')) as SentMessage;
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error('nothing was sent');
    },
    sent: async () =>
      Promise.all(
        (await files()).map(
          async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as SentMessage,
        ),
      ),
    count: async () => (await files()).length,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
