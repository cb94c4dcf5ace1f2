import type { Command } from 'commander';
import { CliFailure } from './failure.js';
import { type OperatorOptions, operatorOptions, withOperator } from './operator.js';
import { type Prompt, withPrompt } from './prompt.js';

interface AddOptions extends OperatorOptions {
  email?: string;
  displayName?: string;
  confidentialClient?: boolean;
  generate?: boolean;
}

export function userCommand(program: Command): void {
  const user = program
    .command('user')
    .description('add users, set their passwords, clear their locks')
    .addHelpText('after', '\nExample:\n  sallyport user passwd ada@acme.test');

  operatorOptions(user.command('add <login-name>').description('add a user'))
    .option('--email <address>', 'e-mail address (default: the login name)')
    .option('--display-name <name>', 'how people call the user (default: the login name)')
    .option('--confidential-client', 'Is OAuth confidential client: a program, not a person')
    .option('--generate', 'make the password and print it, once, instead of asking for it')
    .addHelpText(
      'after',
      '\nExample:\n  sallyport user add reports@acme.test --confidential-client --generate\n\n' +
        'Without a terminal the password is the first line of standard input.',
    )
    .action((name: string, _, command: Command) => add(name, command.optsWithGlobals()));

  operatorOptions(user.command('passwd <login-name>').description('set the password and clear every lock'))
    .addHelpText(
      'after',
      '\nExample:\n  sallyport user passwd ada@acme.test < password.txt\n\n' +
        'Without a terminal the password is the first line of standard input; a second one must equal it.',
    )
    .action((name: string, _, command: Command) => passwd(name, command.optsWithGlobals()));

  operatorOptions(user.command('unlock <login-name>').description('clear every lock of a user'))
    .option('--remove-factors', 'also remove the second factors, of someone whose phone is lost')
    .addHelpText('after', '\nExample:\n  sallyport user unlock ada@acme.test')
    .action((name: string, _, command: Command) => unlock(name, command.optsWithGlobals()));
}

async function add(loginName: string, options: AddOptions): Promise<void> {
  const { generate = false, email = loginName, displayName = loginName } = options;
  const password = generate ? undefined : await withPrompt(readNewPassword);
  const user = await withOperator({ ...options, setsUp: true }, (operator) =>
    operator.addUser({
      loginName,
      email,
      displayName,
      confidentialClient: options.confidentialClient ?? false,
      generatePassword: generate,
      ...(password !== undefined && { password }),
    }),
  );
  if (options.json) console.log(JSON.stringify(user, null, 2));
  else if (user.generatedPassword === null) console.log(`added ${user.loginName}`);
  else console.log(`added ${user.loginName}\nPassword: ${user.generatedPassword}`);
}

async function passwd(loginName: string, options: OperatorOptions): Promise<void> {
  const password = await withPrompt(readNewPassword);
  const restored = await withOperator(options, (operator) => operator.setPassword(loginName, password));
  report(loginName, ['password set', 'every lock cleared', ...restored], options);
}

async function unlock(
  loginName: string,
  { removeFactors, ...options }: OperatorOptions & { removeFactors?: boolean },
): Promise<void> {
  const restored = await withOperator(options, async (operator) => {
    if (removeFactors) await operator.removeFactors(loginName);
    return operator.unlock(loginName);
  });
  const removed = removeFactors ? ['second factors removed'] : [];
  report(loginName, ['every lock cleared', ...removed, ...restored], options);
}

function report(loginName: string, done: string[], { json }: OperatorOptions): void {
  console.log(json ? JSON.stringify({ loginName, done }, null, 2) : `${loginName}: ${done.join(', ')}`);
}

/** Two times from a terminal; else the first line of standard input, which a second one must equal. */
async function readNewPassword(prompt: Prompt): Promise<string> {
  const password = await prompt.newSecret('New password');
  const again = await prompt.line();
  if (again !== null && again !== password) throw new CliFailure('the two passwords differ');
  return password;
}
