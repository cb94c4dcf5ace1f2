import { InvalidArgumentError } from '@sallyport/client';
import { ConfigError } from '../config.js';

/** A refused operation: one clear line, exit 1. */
export class CliFailure extends Error {}

/** Wrong usage that the option parser cannot see: one clear line, exit 2. */
export class CliUsage extends Error {}

/** Writes one clear line on standard error and answers the exit code. The stack trace only with `--verbose`. */
export function reportFailure(error: unknown, verbose: boolean): number {
  const failure = error instanceof Error ? error : new Error(String(error));
  console.error(
    `sallyport: ${verbose ? (failure.stack ?? failure.message) : failure.message.split('\n')[0]}`,
  );
  if (verbose && failure.cause) console.error('caused by:', failure.cause);
  if (failure instanceof ConfigError) return failure.isUsage ? 2 : 1;
  return failure instanceof CliUsage || failure instanceof InvalidArgumentError ? 2 : 1;
}

/**
 * Says once what standard output does not take, as a full disk or a closed pipe: what was to be printed is lost, and the
 * command has failed. A server goes on serving.
 */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (process.exitCode === 1) return;
    process.exitCode = 1;
    const isClosed = error.code === 'EPIPE';
    const reason = isClosed ? 'whoever read it has closed it' : error.message;
    console.error(`sallyport: standard output cannot be written: ${reason}`);
  });
}
