/** The machine: rights on files, room on the disk, the clock. */
import { existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Config, readConfigFile, type SettingName, settingsFile } from '../../config.js';
import { sqlitePath } from '../../master-key.js';
import type { Diagnosis } from '../../store/diagnosis.js';
import { failed, ok, type Result, skipped, warning } from './check.js';

const MIB = 1024 * 1024;
const ROOT = 0;
/** Of a folder in which everybody may make files, and touch none of another's. */
const STICKY = 0o1000;

/** What must be nobody else's: the data, and every file that holds a key. `folder` is where the settings were read. */
export function checkFiles(config: Config, folder: string): Result {
  const { dataDir, databaseUrl, masterKeyFile, tlsKey } = config;
  const data = sqlitePath(config);
  const own = databaseUrl ? [] : [dataDir, data, `${data}-wal`];
  const named = [masterKeyFile, tlsKey, secretSettingsFile(folder)].filter(
    (file) => typeof file === 'string',
  );
  const files = [...own, join(dataDir, 'master.key'), ...named].filter(existsSync);
  const owners = ownersOf(dataDir);
  const folders = new Set(named.filter(existsSync).map((file) => dirname(resolve(file))));
  const faults = [
    ...files.flatMap((path) => faultOf(path, owners)),
    ...[...folders].flatMap((path) => folderFaultOf(path, owners)),
  ];
  if (faults.length > 0) return failed(faults.join('; '));
  return ok('the data and the keys are open to their owner alone');
}

/**
 * Ids of the system users whose the files may be; null where nothing tells. Whoever is root looks on behalf of the
 * server's user, whose the data is.
 */
function ownersOf(dataDir: string): number[] | null {
  const user = process.getuid?.();
  if (user === undefined) return null;
  if (user !== ROOT) return [user];
  return existsSync(dataDir) ? [ROOT, statSync(dataDir).uid] : null;
}

/** Settings that are a secret, or a URL that may hold one. */
const SECRET_SETTINGS: readonly SettingName[] = [
  'masterKey',
  'adminPassword',
  'metricsToken',
  'databaseUrl',
  'smtpUrl',
  'textGatewayUrl',
];

/** The settings file in `folder`, when it holds a secret; null otherwise. */
function secretSettingsFile(folder: string): string | null {
  const held = Object.keys(readConfigFile(folder));
  return SECRET_SETTINGS.some((name) => held.includes(name)) ? settingsFile(folder) : null;
}

function faultOf(path: string, owners: number[] | null): string[] {
  const { mode, uid } = statSync(path);
  const faults: string[] = [];
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    faults.push(`${path} is open to others: chmod go= ${path}`);
  if (owners && !owners.includes(uid)) faults.push(`${path} belongs to another system user (id ${uid})`);
  return faults;
}

/** Whoever may write in a folder may put another file in the place of the one that holds a key. */
function folderFaultOf(path: string, owners: number[] | null): string[] {
  const { mode, uid } = statSync(path);
  const faults: string[] = [];
  if (process.platform !== 'win32' && (mode & 0o022) !== 0 && (mode & STICKY) === 0)
    faults.push(`others may replace the files in ${path}: chmod go-w ${path}`);
  if (owners && ![...owners, ROOT].includes(uid))
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
