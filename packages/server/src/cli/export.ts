import type { Command } from 'commander';
import { type OperatorOptions, operatorOptions, withOperator } from './operator.js';

export function exportCommand(program: Command): void {
  const command = program
    .command('export')
    .description('write the tenant as a file for apply, secrets left out');
  operatorOptions(command)
    .addHelpText('after', '\nExample:\n  sallyport export > sallyport.yaml')
    .action((_, action: Command) => run(action.optsWithGlobals()));
}

async function run(options: OperatorOptions): Promise<void> {
  const [{ escapeVariables }, { stringify }] = await Promise.all([
    import('./declaration-file.js'),
    import('yaml'),
  ]);
  const declaration = escapeVariables(await withOperator(options, (operator) => operator.export()));
  const text = options.json
    ? `${JSON.stringify(declaration, null, 2)}\n`
    : stringify(declaration, { lineWidth: 110 });
  process.stdout.write(text);
}
