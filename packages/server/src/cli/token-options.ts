/** What the commands under `token` share: the client and its app, where tokens are kept, how they are shown. */
import { type Client, normalizeEndpoint, type TokenResponse } from '@sallyport/client';
import { createTokenFile, type StoredToken, type TokenKey } from '@sallyport/client/node';
import type { Command } from 'commander';
import { systemClock } from '../kit/clock.js';
import { type Prompt, readSecret } from './prompt.js';
import { type TrafficOptions, trafficOptions } from './traffic.js';

export interface TokenOptions extends TrafficOptions {
  endpoint: string;
  appid: string;
  clientid: string;
  clientsecret?: string;
  scope?: string;
  json?: boolean;
}

/** Adds the options of {@link TokenOptions}. */
export function tokenOptions(command: Command): Command {
  command
    .requiredOption('--endpoint <url>', 'the server')
    .requiredOption('--appid <id>', "the app's Application ID")
    .requiredOption('--clientid <id>', 'who asks; for a confidential client its login name');
  return grantOptions(command);
}

/** The options that no grant insists on. */
export function grantOptions(command: Command): Command {
  command
    .option('--clientsecret <secret>', 'password of a confidential client; - asks for it')
    .option('--scope <names>', "scopes, separated by spaces (default: the app's)")
    .option('--json', "print the token endpoint's answer");
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
  { endpoint, appId, scope }: TokenKey,
  clientId: string,
  token: TokenResponse,
  options: { json?: boolean | undefined; refreshToken?: string },
): Promise<void> {
  const now = systemClock.now();
  await keepToken({
    endpoint,
    appId,
    scope,
    clientId,
    bearerToken: token.access_token,
    refreshToken: token.refresh_token ?? options.refreshToken ?? null,
    expiresAt: token.expires_in === undefined ? null : now + token.expires_in * 1000,
    savedAt: now,
  });
  if (options.json) console.log(JSON.stringify(token, null, 2));
  else printBearer(endpoint, token.access_token);
}

/** A token that cannot be kept is still worth printing. */
export async function keepToken(token: StoredToken): Promise<void> {
  try {
    await createTokenFile().save(token);
  } catch (error) {
    console.error(`sallyport: the token is not kept: ${error instanceof Error ? error.message : error}`);
  }
}

/** The two lines that scripts around the vendor's clients read. */
export function printBearer(endpoint: string, bearerToken: string): void {
  console.log(`Endpoint: ${endpoint}\nBearerToken: ${bearerToken}`);
}
