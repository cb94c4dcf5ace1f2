/**
 * What an operator does from the command line, and the two ways to do it: straight on the database of this machine,
 * or over `/api/v1` of a running server.
 */
import type {
  App,
  CreatedUser,
  DeclarationResult,
  PostmanCollection,
  PostmanEnvironment,
  SigningKey,
  UserInput,
} from '@sallyport/contract';
import type { Command } from 'commander';
import type { z } from 'zod';

export interface Operator {
  /** Throws an `AdminError` whose faults name the fields refused. */
  apply(declaration: unknown, options: { dryRun: boolean; prune: boolean }): Promise<DeclarationResult>;
  export(): Promise<object>;
  addUser(user: NewUser): Promise<CreatedUser>;
  /** Clears every lock too; answers what else was put right. */
  setPassword(loginName: string, password: string): Promise<string[]>;
  /** Clears every lock; answers what else was put right. */
  unlock(loginName: string): Promise<string[]>;
  /** Takes the second factors of a user away, whose phone is lost. */
  removeFactors(loginName: string): Promise<void>;
  listApps(): Promise<App[]>;
  showApp(applicationId: string): Promise<App>;
  postman(applicationId: string): Promise<PostmanFiles>;
  listKeys(): Promise<SigningKey[]>;
  /** The keys after the rotation. */
  rotateKeys(): Promise<SigningKey[]>;
  close(): Promise<void>;
}

export interface PostmanFiles {
  collection: PostmanCollection;
  environment: PostmanEnvironment;
}

/** A user to add, what is left out at its default. */
export type NewUser = z.input<typeof UserInput>;

/** How the tenant is reached; of the first four the first that is given decides. */
export interface OperatorOptions {
  endpoint?: string;
  token?: string;
  dataDir?: string;
  databaseUrl?: string;
  /** Sets an empty database up, as the first start of a server does. */
  setsUp?: boolean;
  json?: boolean;
  verbose?: boolean;
}

/** Adds the options of {@link OperatorOptions}. */
export function operatorOptions(command: Command): Command {
  return command
    .option('--endpoint <url>', 'a running server, instead of the database on this machine')
    .option('--token <token>', 'bearer token for --endpoint (default: the stored login)')
    .option('--data-dir <folder>', 'folder of the embedded database (default: ./data)')
    .option('--database-url <url>', 'postgres://… instead of the embedded database')
    .option('--json', 'print JSON');
}

/** Runs `job` with the operator that the options choose, and closes it. */
export async function withOperator<T>(
  options: OperatorOptions,
  job: (operator: Operator) => Promise<T>,
): Promise<T> {
  const operator = await openOperator(options);
  try {
    return await job(operator);
  } finally {
    await operator.close();
  }
}

async function openOperator(options: OperatorOptions): Promise<Operator> {
  if (options.endpoint !== undefined) {
    const { openRemoteOperator } = await import('./remote-operator.js');
    return openRemoteOperator(options.endpoint, options);
  }
  const { openLocalOperator } = await import('./local-operator.js');
  return openLocalOperator(options);
}
