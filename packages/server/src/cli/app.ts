import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CliFailure } from './failure.js';
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

  operatorOptions(
    app.command('postman <application-id>').description("make a Postman collection of an app's endpoints"),
  )
    .option('--environment', 'print the environment instead: the values that the requests read')
    .option('--out <folder>', 'write both files there')
    .addHelpText(
      'after',
      '\nExample:\n  sallyport app postman myapplication --out .\n  newman run myapplication.postman_collection.json -e myapplication.postman_environment.json',
    )
    .action((id: string, _, command: Command) => postman(id, command.optsWithGlobals()));
}

async function postman(
  applicationId: string,
  options: OperatorOptions & { environment?: boolean; out?: string },
): Promise<void> {
  const files = await withOperator(options, (operator) => operator.postman(applicationId));
  if (options.out === undefined) {
    console.log(JSON.stringify(options.environment ? files.environment : files.collection, null, 2));
    return;
  }
  for (const kind of ['collection', 'environment'] as const) {
    const path = join(options.out, `${applicationId}.postman_${kind}.json`);
    await writeFile(path, `${JSON.stringify(files[kind], null, 2)}\n`).catch((cause: Error) => {
      throw new CliFailure(`cannot write ${path}: ${cause.message}`, { cause });
    });
    console.log(path);
  }
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
  if (options.json) return console.log(JSON.stringify(app, null, 2));
  const { stringify } = await import('yaml');
  process.stdout.write(stringify(app, { lineWidth: 110 }));
}
