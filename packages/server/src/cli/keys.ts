import type { SigningKey } from '@sallyport/contract';
import type { Command } from 'commander';
import { type Operator, type OperatorOptions, operatorOptions, withOperator } from './operator.js';
import { table } from './table.js';

export function keysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description('look at and rotate the signing keys')
    .addHelpText('after', '\nExample:\n  sallyport keys list');

  operatorOptions(keys.command('list').description('list the signing keys'))
    .addHelpText('after', '\nExample:\n  sallyport keys list --json')
    .action((_, command: Command) => run(command.optsWithGlobals(), (operator) => operator.listKeys()));

  operatorOptions(keys.command('rotate').description('publish the next key, then sign with it'))
    .addHelpText('after', '\nExample:\n  sallyport keys rotate\n\nNo valid token is dropped.')
    .action((_, command: Command) => run(command.optsWithGlobals(), (operator) => operator.rotateKeys()));
}

async function run(
  options: OperatorOptions,
  read: (operator: Operator) => Promise<SigningKey[]>,
): Promise<void> {
  const keys = await withOperator(options, read);
  if (options.json) return console.log(JSON.stringify(keys, null, 2));
  const rows = keys.map(({ kid, alg, state, createdAt, retireAt }) => [
    kid,
    alg,
    state,
    createdAt,
    retireAt ?? '',
  ]);
  console.log(table([['KEY ID', 'ALG', 'STATE', 'CREATED', 'RETIRES'], ...rows]));
}
