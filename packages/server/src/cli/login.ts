/** The interactive sign-in in the terminal, any number of challenges long. */
import { type LoginAnswer, login, type Mechanism, normalizeEndpoint } from '@sallyport/client';
import type { Command } from 'commander';
import { systemClock } from '../kit/clock.js';
import { advised } from './advice.js';
import { keepToken } from './kept-token.js';
import { type Prompt, withPrompt } from './prompt.js';
import { type OutputOptions, outputOptions, printBearer } from './token-options.js';
import { type TrafficOptions, trafficOptions, withTraffic } from './traffic.js';

interface LoginCommandOptions extends TrafficOptions, OutputOptions {
  endpoint: string;
  user?: string;
}

export function loginCommand(program: Command): void {
  const command = program
    .command('login')
    .description('sign in step by step and keep the session for the other commands')
    .requiredOption('--endpoint <url>', 'the server')
    .option('--user <name>', 'login name; asked for when left out');
  outputOptions(command, 'print JSON');
  trafficOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  sallyport login --endpoint http://localhost:8420 --user ada@acme.test\n\n' +
        'Without a terminal, each question takes one line of standard input.',
    )
    .action((_, action: Command) => run(action.optsWithGlobals()));
}

function run(options: LoginCommandOptions): Promise<void> {
  return withPrompt((prompt) =>
    withTraffic(options, (http) =>
      advised({}, async () => {
        const user = options.user ?? (await prompt.text('User name'));
        const result = await login(options.endpoint, { user }, callbacks(prompt), http);
        await keepToken({
          endpoint: normalizeEndpoint(result.endpoint),
          appId: null,
          scope: null,
          clientId: null,
          bearerToken: result.bearerToken,
          refreshToken: null,
          expiresAt: null,
          savedAt: systemClock.now(),
        });
        if (options.json) console.log(JSON.stringify(result, null, 2));
        else printBearer(result.endpoint, result.bearerToken, options);
      }),
    ),
  );
}

function callbacks(prompt: Prompt) {
  return {
    chooseMechanism: (mechanisms: readonly Mechanism[]) =>
      prompt.choose(
        'How do you want to go on',
        mechanisms.map((mechanism) => ({ value: mechanism, label: mechanism.label, name: mechanism.name })),
      ),
    answer: (mechanism: Mechanism, signal: AbortSignal) => ask(prompt, mechanism, signal),
    notify: (message: string) => console.error(message),
  };
}

async function ask(prompt: Prompt, mechanism: Mechanism, signal: AbortSignal): Promise<LoginAnswer> {
  if (mechanism.name === 'RESET') return prompt.newSecret(mechanism.prompt);
  if (mechanism.parts.length === 0) return prompt.secret(mechanism.prompt, signal);
  const answers: Record<string, string> = {};
  for (const { id, question } of mechanism.parts) answers[id] = await prompt.secret(question, signal);
  return answers;
}
