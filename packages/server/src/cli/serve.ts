import type { Command } from 'commander';
import {
  environmentName,
  flagName,
  readConfig,
  SETTING_NAMES,
  type SettingName,
  settingDescription,
} from '../config.js';
import { sparseMemory } from './memory.js';

/** Settings that `serve` takes as flags too. */
const FLAGS: readonly SettingName[] = ['port', 'host', 'publicUrl', 'dataDir', 'databaseUrl', 'workers'];

export function serveCommand(program: Command): void {
  const command = program.command('serve').description('run the server');
  for (const name of FLAGS) command.option(`${flagName(name)} <value>`, settingDescription(name));
  command
    .addHelpText(
      'after',
      `\nExample:\n  sallyport serve --port 8420 --data-dir ./data\n\nEnvironment: ${SETTING_NAMES.map(environmentName).join(', ')}`,
    )
    .action(async (flags: Partial<Record<SettingName, unknown>>) => {
      const config = readConfig({ flags, folder: process.cwd() });
      sparseMemory();
      const { runServer } = await import('./run-server.js');
      await runServer(config);
    });
}
