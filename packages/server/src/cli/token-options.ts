/** What the commands under `token` share: the client and its app, where tokens are kept, how they are shown. */
import { type Client, type HttpOptions, normalizeEndpoint, type TokenResponse } from '@sallyport/client';
import { createTokenFile, type TokenKey } from '@sallyport/client/node';
import type { Command } from 'commander';
import { systemClock } from '../kit/clock.js';
import { CliFailure } from './failure.js';
import { freshToken, keepToken, storedToken } from './kept-token.js';
import { type Prompt, readSecret } from './prompt.js';
import { type TrafficOptions, trafficOptions } from './traffic.js';

export interface TokenOptions extends TrafficOptions, OutputOptions {
  endpoint: string;
  appid: string;
  clientid: string;
  clientsecret?: string;
  scope?: string;
  reuse?: boolean;
}

/** How a token is printed. */
export interface OutputOptions {
  json?: boolean | undefined;
  powershell?: boolean | undefined;
}

/** Adds the options of {@link OutputOptions}. */
export function outputOptions(command: Command, json: string): Command {
  return command
    .option('--json', json)
    .option('--powershell', 'print a PowerShell object: $token = … --powershell | Invoke-Expression');
}

/** Adds the options of {@link TokenOptions}. */
export function tokenOptions(command: Command): Command {
  command
    .requiredOption('--endpoint <url>', 'the server')
    .requiredOption('--appid <id>', "the app's Application ID")
    .requiredOption('--clientid <id>', 'who asks; for a confidential client its login name')
    .option('--reuse', 'print the token kept for the same endpoint, app and scope while it can serve');
  return grantOptions(command);
}

/** The options that no grant insists on. */
export function grantOptions(command: Command): Command {
  command
    .option('--clientsecret <secret>', 'password of a confidential client; - asks for it')
    .option('--scope <names>', "scopes, separated by spaces (default: the app's)");
  outputOptions(command, "print the token endpoint's answer");
  return trafficOptions(command);
}

/** The client as it authenticates. */
export async function readClient(
  { clientid, clientsecret }: Pick<TokenOptions, 'clientid' | 'clientsecret'>,
  prompt: Prompt,
): Promise<Client> {
  const clientSecret = await readSecret(clientsecret, prompt, `Client secret of ${clientid}`);
  return { clientId: clientid, ...(clientSecret !== undefined && { clientSecret }) };
}

/** The key under which a command's token is kept. */
export function tokenKey({ endpoint, appid, scope }: TokenOptions): TokenKey {
  return { endpoint: normalizeEndpoint(endpoint), appId: appid, scope: scope ?? null };
}

/**
 * Keeps the token for `call` and `refresh`, and prints it.
 *
 * @param options `refreshToken`: the one to keep when the answer brings none
 */
export async function deliver(
  key: TokenKey,
  clientId: string,
  token: TokenResponse,
  options: OutputOptions & { refreshToken?: string },
): Promise<void> {
  await keepToken(storedToken(key, clientId, token, options.refreshToken ?? null));
  if (options.json) console.log(JSON.stringify(token, null, 2));
  else printBearer(key.endpoint, token.access_token, options);
}

/**
 * With `--reuse`, prints the token kept for the same endpoint, app, scope and client, renewed when due; false when
 * there is none that can serve.
 */
export async function reuse(options: TokenOptions, http: HttpOptions): Promise<boolean> {
  if (!options.reuse) return false;
  const kept = await createTokenFile().find(tokenKey(options));
  if (kept?.clientId !== options.clientid) return false;
  const token = await freshToken(kept, http).catch((error: unknown) => {
    if (error instanceof CliFailure) return null;
    throw error;
  });
  if (!token) return false;
  const { endpoint, bearerToken, expiresAt } = token;
  const left = expiresAt === null ? {} : { expires_in: Math.floor((expiresAt - systemClock.now()) / 1000) };
  const answer = { access_token: bearerToken, token_type: 'Bearer', ...left };
  if (options.json) console.log(JSON.stringify(answer, null, 2));
  else printBearer(endpoint, bearerToken, options);
  return true;
}

/**
 * The two lines that scripts around the vendor's clients read, or with `--powershell` the object that those clients
 * return, as an expression.
 */
export function printBearer(endpoint: string, bearerToken: string, { powershell }: OutputOptions): void {
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
  console.log(
    powershell
      ? `[pscustomobject]@{ Endpoint = ${text(endpoint)}; BearerToken = ${text(bearerToken)} }`
      : `Endpoint: ${endpoint}\nBearerToken: ${bearerToken}`,
  );
}
