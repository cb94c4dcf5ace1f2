/** The real executable as a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const EXECUTABLE = fileURLToPath(new URL('../../bin/sallyport.js', import.meta.url));

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** Resolves with the first match in what the process has printed or will print. */
  seen(pattern: RegExp, stream?: 'stdout' | 'stderr'): Promise<RegExpExecArray>;
  finished: Promise<Finished>;
}

export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** Written to standard input, which is then closed. Left open when absent. */
  input?: string;
}

/** Starts `sallyport` with `args`; the environment holds no setting of the machine's own. */
export function start(args: string[], { env = {}, cwd, input }: RunOptions = {}): Running {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_')),
  );
  const child = spawn(process.execPath, [EXECUTABLE, ...args], { env: { ...clean, ...env }, cwd });
  if (input !== undefined) child.stdin.end(input);
  const text = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk;
      for (const listener of listeners) listener();
    });
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, ...text });
      for (const listener of listeners) listener();
    });
  });
  return {
    child,
    finished,
    seen: (pattern, stream = 'stdout') =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text[stream]);
          if (!match && child.exitCode === null) return;
          listeners.delete(look);
          if (match) resolve(match);
          else
            reject(
              new Error(
                `it ended (${child.exitCode}) before printing ${pattern}: ${text.stdout}${text.stderr}`,
              ),
            );
        };
        listeners.add(look);
        look();
      }),
  };
}

/** Runs `sallyport` to its end. */
export function run(args: string[], options: RunOptions = {}): Promise<Finished> {
  return start(args, { input: '', ...options }).finished;
}
