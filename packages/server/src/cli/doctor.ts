import type { Command } from 'commander';
import type { Config } from '../config.js';
import { type Diagnosis, diagnose } from '../store/diagnosis.js';
import { type Finding, failed, ok, type Result, reasonOf, warning } from './checks/check.js';
import { checkDatabase, checkMasterKey } from './checks/data.js';
import { checkClock, checkDisk, checkFiles } from './checks/machine.js';
import { checkIssuer, checkMail, checkTls } from './checks/outside.js';
import { databaseUrlOf, type LocalDataOptions, localConfig } from './local-data.js';
import { table } from './table.js';

interface DoctorOptions extends LocalDataOptions {
  json?: boolean;
}

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look at everything a running server rests on')
    .option('--data-dir <folder>', 'folder of the embedded database (default: ./data)')
    .option('--database-url <url>', 'postgres://… instead of the embedded database')
    .option('--public-url <url>', 'the URL clients reach the server by (default: that of the settings)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  sallyport doctor\n\nRun it on the server with the settings of the server. Exits 1 when a check has failed.',
    )
    .action((_, command: Command) => examine(command.optsWithGlobals()));
}

async function examine(options: DoctorOptions): Promise<void> {
  const config = localConfig(options);
  const findings = await findingsOf(config, config.publicUrl ?? `http://localhost:${config.port}`);
  const healthy = findings.every(({ health }) => health !== 'failed');
  if (options.json) console.log(JSON.stringify({ healthy, findings }, null, 2));
  else console.log(table(findings.map(({ check, health, detail }) => [health.toUpperCase(), check, detail])));
  if (!healthy) process.exitCode = 1;
}

async function findingsOf(config: Config, publicUrl: string): Promise<Finding[]> {
  const now = Date.now();
  const { database, fault } = await openDatabase(config);
  const { result: issuer, answeredAt } = await checkIssuer(publicUrl);
  const results: [string, Result][] = [
    ['settings', checkSettings(config, publicUrl)],
    ['files', checkFiles(config, process.cwd())],
    ['database', database ? checkDatabase(database) : failed(fault)],
    ['master key', checkMasterKey(config, database)],
    ['issuer', issuer],
    ['TLS', await checkTls(config, publicUrl, now)],
    ['mail', await checkMail(config, publicUrl)],
    ['clock', checkClock(now, { database, answeredAt })],
    ['disk', await checkDisk(config)],
  ];
  return results.map(([check, result]) => ({ check, ...result }));
}

async function openDatabase(config: Config): Promise<{ database: Diagnosis | null; fault: string }> {
  try {
    return { database: await diagnose(databaseUrlOf(config)), fault: '' };
  } catch (error) {
    return { database: null, fault: reasonOf(error) };
  }
}

/** Settings that are right for trying things out, and wrong for the world. */
function checkSettings(config: Config, publicUrl: string): Result {
  if (!config.rateLimit && publicUrl.startsWith('https:'))
    return warning('SALLYPORT_RATE_LIMIT is off: every source may knock as often as it likes');
  return ok(`serves ${publicUrl}`);
}
