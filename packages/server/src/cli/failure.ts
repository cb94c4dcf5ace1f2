import { InvalidArgumentError } from '@sallyport/client';

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
  return failure instanceof CliUsage || failure instanceof InvalidArgumentError ? 2 : 1;
}
