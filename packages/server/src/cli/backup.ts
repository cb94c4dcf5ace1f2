import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config.js';
import { createVault, UnsealError } from '../kit/vault.js';
import { readMasterKey } from '../master-key.js';
import { type BackupFacts, backupsOf } from '../store/backup/backup.js';
import { CliFailure } from './failure.js';
import { checkOwner, databaseUrlOf, type LocalDataOptions, localConfig } from './local-data.js';

interface BackupOptions extends LocalDataOptions {
  overwrite?: boolean;
  voidTokens?: boolean;
  json?: boolean;
}

function dataOptions(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'folder of the embedded database (default: ./data)')
    .option('--database-url <url>', 'postgres://… instead of the embedded database')
    .option('--json', 'print JSON');
}

export function backupCommand(program: Command): void {
  dataOptions(
    program.command('backup [file]').description('write the database to one file, while it is used'),
  )
    .option('--overwrite', 'replace an older backup of that name')
    .addHelpText(
      'after',
      '\nExample:\n  sallyport backup /var/backups/sallyport.backup\n\n' +
        'Without a name the file is sallyport-TIME.backup in this folder. The backup is read back before it gets its name.\n' +
        'The master key is not in it: keep that apart, or the backup is worth nothing.',
    )
    .action((file: string | undefined, _, command: Command) => backUp(file, command.optsWithGlobals()));
}

export function restoreCommand(program: Command): void {
  dataOptions(program.command('restore <file>').description('put a backup in the place of the database'))
    .option('--overwrite', 'replace a database that is there; the embedded one is kept beside')
    .option(
      '--void-tokens',
      'end every session, token and recovery code: what was revoked or used since would be good again',
    )
    .addHelpText(
      'after',
      '\nExample:\n  sallyport restore /var/backups/sallyport.backup --overwrite\n\n' +
        'Stop the server first. The backup is checked before anything is touched: its digest, its structures, its version, and\n' +
        'that the master key of this place opens it.',
    )
    .action((file: string, _, command: Command) => restore(file, command.optsWithGlobals()));
}

async function backUp(file: string | undefined, options: BackupOptions): Promise<void> {
  const config = localConfig(options);
  if (!config.databaseUrl) checkOwner(config);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const path = resolve(file ?? `sallyport-${time}.backup`);
  const { overwrite = false } = options;
  const url = databaseUrlOf(config);
  const facts = await (await backupsOf(url)).take(url, path, {
    overwrite,
    spared: keyFiles(config),
    accept: (found) => checkMasterKey(config, found),
  });
  print(options, { file: path, ...shown(facts) }, [
    `${path}: ${facts.bytes} bytes, read back and sound`,
    `the master key is not in it: keep ${masterKeyPlace(config)} apart`,
  ]);
}

async function restore(file: string, options: BackupOptions): Promise<void> {
  const config = localConfig(options);
  if (!config.databaseUrl && existsSync(config.dataDir)) checkOwner(config);
  const path = resolve(file);
  const url = databaseUrlOf(config);
  const { overwrite = false, voidTokens = false } = options;
  const { facts, kept } = await (await backupsOf(url)).restore(url, path, {
    ...{ overwrite, voidTokens, now: Date.now() },
    accept: (found) => checkMasterKey(config, found),
  });
  print(options, { file: path, ...shown(facts), replaced: kept, voidedTokens: voidTokens }, [
    `restored ${path}`,
    ...(facts.digest ? [] : [UNSEALED]),
    ...(kept ? [`the database it replaces is kept as ${kept}`] : []),
    voidTokens
      ? 'every session, token and recovery code of the backup is void: users sign in again'
      : 'what was revoked since the backup is valid again; --void-tokens would have ended it',
  ]);
}

const UNSEALED =
  'it carries no digest, since an earlier version took it or its last line was cut off: nothing tells whether it was altered';

/** Files that hold a key, which no backup may be written over. */
function keyFiles(config: Config): string[] {
  const { masterKeyFile, tlsKey } = config;
  return [
    join(config.dataDir, 'master.key'),
    ...[masterKeyFile, tlsKey].filter((file) => file !== undefined),
  ];
}

/** A backup nobody can open is none, and must not take the place of a database. */
function checkMasterKey(config: Config, { keys }: BackupFacts): void {
  const place = masterKeyPlace(config);
  if (!config.masterKey && !config.masterKeyFile && !existsSync(place))
    throw new CliFailure(`${place} is missing: put the master key of the backup there first (mode 0600)`);
  const vault = createVault(readMasterKey(config));
  try {
    for (const { kid, sealedPrivateKey } of keys) vault.open(sealedPrivateKey, `key:${kid}`);
  } catch (error) {
    if (!(error instanceof UnsealError)) throw error;
    throw new CliFailure(`the master key (${place}) is not the one this backup was sealed under`);
  }
}

function masterKeyPlace(config: Config): string {
  if (config.masterKey) return 'SALLYPORT_MASTER_KEY';
  return config.masterKeyFile ?? join(config.dataDir, 'master.key');
}

/** What a program may want to know; the sealed keys are of no use to it. */
function shown({ database, bytes, digest, migration, keys }: BackupFacts): object {
  return { database, bytes, sha256: digest, migration, signingKeys: keys.map(({ kid }) => kid) };
}

function print({ json }: BackupOptions, result: object, lines: readonly string[]): void {
  console.log(json ? JSON.stringify(result, null, 2) : lines.join('\n'));
}
