import type { Command } from 'commander';
import { stringify } from 'yaml';
import { type OperatorOptions, operatorOptions, withOperator } from './operator.js';
import { table } from './table.js';

export function appCommand(program: Command): void {
  const app = program
    .command('app')
    .description('look at apps; apply changes them')
    .addHelpText('after', '\nExample:\n  sallyport app show myapplication');

  operatorOptions(app.command('list').description('list the apps'))
    .addHelpText('after', '\nExample:\n  sallyport app list')
    .action((_, command: Command) => list(command.optsWithGlobals()));

  operatorOptions(app.command('show <application-id>').description('show every setting of an app'))
    .addHelpText('after', '\nExample:\n  sallyport app show myapplication --json')
    .action((id: string, _, command: Command) => show(id, command.optsWithGlobals()));
}

async function list(options: OperatorOptions): Promise<void> {
  const apps = await withOperator(options, (operator) => operator.listApps());
  if (options.json) return console.log(JSON.stringify(apps, null, 2));
  const rows = apps.map(({ applicationId, name, template, enabled }) => [
    applicationId,
    name,
    template,
    enabled ? 'enabled' : 'disabled',
  ]);
  console.log(table([['APPLICATION ID', 'NAME', 'TEMPLATE', 'STATE'], ...rows]));
}

async function show(applicationId: string, options: OperatorOptions): Promise<void> {
  const app = await withOperator(options, (operator) => operator.showApp(applicationId));
  if (options.json) console.log(JSON.stringify(app, null, 2));
  else process.stdout.write(stringify(app, { lineWidth: 110 }));
}
