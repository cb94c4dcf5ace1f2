/** The machine: rights on files, room on the disk, the clock. */
import { existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../../config.js';
import { sqlitePath } from '../../master-key.js';
import type { Diagnosis } from '../../store/diagnosis.js';
import { failed, ok, type Result, skipped, warning } from './check.js';

const MIB = 1024 * 1024;

/** What must be nobody else's: the data, and every file that holds a key. */
export function checkFiles(config: Config): Result {
  const data = sqlitePath(config);
  const files = config.databaseUrl ? [] : [config.dataDir, data, `${data}-wal`];
  files.push(join(config.dataDir, 'master.key'));
  for (const named of [config.masterKeyFile, config.tlsKey]) if (named) files.push(named);
  const faults = files.filter(existsSync).flatMap(faultOf);
  if (faults.length > 0) return failed(faults.join('; '));
  return ok('the data and the keys are open to their owner alone');
}

function faultOf(path: string): string[] {
  const { mode, uid } = statSync(path);
  const faults: string[] = [];
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    faults.push(`${path} is open to others: chmod go= ${path}`);
  if (process.getuid && process.getuid() !== uid && process.getuid() !== 0)
    faults.push(`${path} belongs to another system user (id ${uid})`);
  return faults;
}

/** Room where the data grows. */
export async function checkDisk(config: Config): Promise<Result> {
  if (config.databaseUrl) return skipped("the data is PostgreSQL's: look at the disk of its machine");
  const path = existsSync(config.dataDir) ? config.dataDir : dirname(config.dataDir);
  const { bavail, blocks, bsize } = await statfs(path);
  const free = Number(bavail) * Number(bsize);
  const share = Number(blocks) === 0 ? 1 : Number(bavail) / Number(blocks);
  const room = `${Math.floor(free / MIB)} MiB free (${Math.floor(share * 100)} %)`;
  if (free < 100 * MIB) return failed(`${room}: writes fail when the disk is full`);
  return free < 1024 * MIB ? warning(`${room}: soon full`) : ok(room);
}

/** Milliseconds by which two clocks may differ: codes live 60 s, and many clients allow a token no more. */
const SKEW = 10_000;

/** Against the database's clock, the answer's date, and what was written last. */
export function checkClock(
  now: number,
  { database, answeredAt }: { database: Diagnosis | null; answeredAt: number | null },
): Result {
  const ahead = database?.latestEvent ? database.latestEvent - now : 0;
  if (ahead > SKEW)
    return failed(`the last entry of the audit log is ${inSeconds(ahead)} s ahead: the clock was set back`);
  const others: [string, number | null | undefined][] = [
    ["PostgreSQL's", database?.now],
    ["the answering server's", answeredAt],
  ];
  const compared = others.flatMap(([whose, at]) => (at ? [{ whose, skew: Math.abs(at - now) }] : []));
  const wrong = compared.find(({ skew }) => skew > SKEW);
  if (wrong)
    return failed(`${inSeconds(wrong.skew)} s from ${wrong.whose} clock: run a time service on both`);
  if (compared.length === 0)
    return ok(`${new Date(now).toISOString()}; there was no other clock to compare with`);
  return ok(`agrees with ${compared.map(({ whose }) => whose).join(' and ')} clock`);
}

function inSeconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000);
}
