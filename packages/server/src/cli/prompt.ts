/** What a command asks of the person: at a terminal with prompts on standard error, else line by line from standard input. */
import { createInterface } from 'node:readline';
import { password, select, text } from '@clack/prompts';
import { CliFailure } from './failure.js';

export interface Choice<T> {
  value: T;
  label: string;
  /** What a line of standard input may say instead of the label or the number. */
  name: string;
}

export interface Prompt {
  text(message: string, signal?: AbortSignal): Promise<string>;
  /** Not echoed. */
  secret(message: string, signal?: AbortSignal): Promise<string>;
  /** A secret to be: a person types it twice. */
  newSecret(message: string): Promise<string>;
  choose<T>(message: string, choices: readonly Choice<T>[]): Promise<T>;
  /** The next line of standard input; null at its end, or at a terminal. */
  line(): Promise<string | null>;
}

/** Runs `job` with a prompt, and lets go of standard input after it. */
export async function withPrompt<T>(job: (prompt: Prompt) => Promise<T>): Promise<T> {
  if (process.stdin.isTTY) return job(terminal);
  const lines = createInterface({ input: process.stdin });
  const iterator = lines[Symbol.asyncIterator]();
  try {
    return await job(
      createLinePrompt(async () => {
        const { done, value } = await iterator.next();
        return done ? null : value;
      }),
    );
  } finally {
    lines.close();
    process.stdin.destroy();
  }
}

/** Standard input to its end. */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** A secret given as `-` is asked for instead, so that it need not stand on the command line. */
export async function readSecret(
  given: string | undefined,
  prompt: Prompt,
  message: string,
): Promise<string | undefined> {
  return given === '-' ? prompt.secret(message) : given;
}

const output = process.stderr;

const terminal: Prompt = {
  text: async (message, signal) => textOf(await text({ message, output, ...(signal && { signal }) })),
  secret: async (message, signal) => textOf(await password({ message, output, ...(signal && { signal }) })),
  async newSecret(message) {
    const secret = textOf(await password({ message, output }));
    const again = textOf(await password({ message: `${message}, once more`, output }));
    if (again !== secret) throw new CliFailure('the two differ');
    return secret;
  },
  async choose(message, choices) {
    const options = choices.map(({ label }, value) => ({ value, label }));
    const index = await select({ message, options, output });
    const choice = typeof index === 'number' ? choices[index] : undefined;
    if (!choice) throw new CliFailure('cancelled');
    return choice.value;
  },
  line: async () => null,
};

/** Anything but a text means that the person cancelled, except that nothing typed is an empty text. */
function textOf(answer: unknown): string {
  if (typeof answer === 'string') return answer;
  if (answer === undefined) return '';
  throw new CliFailure('cancelled');
}

function createLinePrompt(line: () => Promise<string | null>): Prompt {
  async function ask(message: string): Promise<string> {
    const answer = await line();
    if (answer === null) throw new CliFailure(`standard input ended where "${message}" was asked`);
    return answer;
  }
  return {
    text: ask,
    secret: ask,
    newSecret: ask,
    async choose(message, choices) {
      const answer = (await ask(message)).trim().toLowerCase();
      const choice = choices.find(({ label, name }, index) =>
        [label.toLowerCase(), name.toLowerCase(), String(index + 1)].includes(answer),
      );
      if (choice) return choice.value;
      throw new CliFailure(`"${message}": choose one of ${choices.map(({ name }) => name).join(', ')}`);
    },
    line,
  };
}
