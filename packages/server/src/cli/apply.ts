import type { DeclarationResult } from '@sallyport/contract';
import type { Command } from 'commander';
import { AdminError } from '../core/errors.js';
import { type OperatorOptions, operatorOptions, withOperator } from './operator.js';

interface ApplyOptions extends OperatorOptions {
  file: string;
  dryRun?: boolean;
  prune?: boolean;
}

export function applyCommand(program: Command): void {
  const command = program
    .command('apply')
    .description('make the tenant equal to what a file declares')
    .requiredOption('-f, --file <file>', 'YAML or JSON; - for standard input')
    .option('--dry-run', 'print the plan and change nothing')
    .option('--prune', 'also delete what the file does not name');
  operatorOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  sallyport apply -f sallyport.yaml --dry-run\n\n' +
        '$' +
        '{NAME} in a value is read from the environment. An empty database is set up first, as a server would.',
    )
    .action((_, action: Command) => run(action.optsWithGlobals()));
}

async function run(options: ApplyOptions): Promise<void> {
  const { dryRun = false, prune = false } = options;
  const { readDeclarationFile } = await import('./declaration-file.js');
  const file = await readDeclarationFile(options.file, process.env);
  const result = await withOperator({ ...options, setsUp: !dryRun }, async (operator) => {
    try {
      return await operator.apply(file.value, { dryRun, prune });
    } catch (error) {
      if (error instanceof AdminError && error.faults.length > 0) throw file.fault(error.faults);
      throw error;
    }
  });
  for (const note of result.notes) console.error(`note: ${note}`);
  console.log(options.json ? JSON.stringify({ changes: result.changes }, null, 2) : plan(result));
  if (dryRun) console.error('dry run: nothing was changed');
}

const SIGNS = { create: '+', update: '~', delete: '-' } as const;

function plan({ changes }: DeclarationResult): string {
  if (changes.length === 0) return 'no changes';
  return changes
    .map(({ object, action, fields }) =>
      action === 'update' ? `~ ${object} (${fields.join(', ')})` : `${SIGNS[action]} ${object}`,
    )
    .join('\n');
}
