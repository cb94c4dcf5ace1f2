/** The sample client: one command for each grant of an OAuth2 Client app. */
import {
  clientCredentialsGrant,
  discover,
  type HttpOptions,
  normalizeEndpoint,
  passwordGrant,
  refreshTokenGrant,
} from '@sallyport/client';
import { createTokenFile } from '@sallyport/client/node';
import { type Command, Option } from 'commander';
import { type Attempt, advised } from './advice.js';
import { CliFailure, CliUsage } from './failure.js';
import { type Prompt, readSecret, withPrompt } from './prompt.js';
import { type CodeOptions, codeGrant } from './token-code.js';
import { deviceGrant } from './token-device.js';
import {
  deliver,
  grantOptions,
  readClient,
  reuse,
  type TokenOptions,
  tokenKey,
  tokenOptions,
} from './token-options.js';
import { withTraffic } from './traffic.js';

export function tokenCommand(program: Command): void {
  const token = program
    .command('token')
    .description('get an access token as a client of an app')
    .addHelpText('after', example('code --appid myapplication --clientid cli --scope whoami'));

  tokenOptions(token.command('code').description('a user signs in with the browser (authorization code)'))
    .option('--no-browser', 'print the URL; the redirected URL is then read from standard input')
    .addHelpText('after', example('code --appid myapplication --clientid cli --scope whoami'))
    .action((_, command: Command) => runCode(command.optsWithGlobals()));

  tokenOptions(token.command('client').description('the client acts for itself (client credentials)'))
    .addHelpText('after', example('client --appid reports --clientid reports@acme.test --clientsecret -'))
    .action((_, command: Command) => runClient(command.optsWithGlobals()));

  tokenOptions(token.command('password').description('the client holds the password (resource owner)'))
    .requiredOption('--username <name>', 'login name of the user')
    .addOption(new Option('--password <password>', 'asked for when left out, or -'))
    .addHelpText('after', example('password --appid legacy --clientid cli --username ada@acme.test'))
    .action((_, command: Command) => runPassword(command.optsWithGlobals()));

  tokenOptions(
    token.command('device').description('the user allows it on another device (device authorization)'),
  )
    .addHelpText('after', example('device --appid myapplication --clientid cli --scope whoami'))
    .action((_, command: Command) => runDevice(command.optsWithGlobals()));

  const refresh = token
    .command('refresh')
    .description('a new token for the refresh token last kept, or given');
  refresh
    .option('--endpoint <url>', 'the server (default: of the last token)')
    .option('--appid <id>', "the app's Application ID (default: of the last token)")
    .option('--clientid <id>', 'who asks (default: of the last token)')
    .option('--refreshtoken <token>', 'the refresh token; - asks for it');
  grantOptions(refresh)
    .addHelpText('after', '\nExample:\n  sallyport token refresh')
    .action((_, command: Command) => runRefresh(command.optsWithGlobals()));
}

function example(rest: string): string {
  const [command = '', ...options] = rest.split(' ');
  return `\nExample:\n  sallyport token ${command} --endpoint http://localhost:8420 ${options.join(' ')}`;
}

/** Opens traffic and prompt around one grant, and explains a refusal. */
function runGrant(
  options: TokenOptions,
  authMethod: string,
  job: (http: HttpOptions, prompt: Prompt) => Promise<void>,
): Promise<void> {
  const { appid: appId, clientid: clientId } = options;
  const attempt: Attempt = { appId, clientId, authMethod };
  return withPrompt((prompt) => withTraffic(options, (http) => advised(attempt, () => job(http, prompt))));
}

function runCode(options: CodeOptions): Promise<void> {
  return runGrant(options, 'authCode', async (http, prompt) => {
    if (await reuse(options, http)) return;
    const client = await readClient(options, prompt);
    const token = await codeGrant(options, client, { http, prompt });
    await deliver(tokenKey(options), client.clientId, token, options);
  });
}

function runClient(options: TokenOptions): Promise<void> {
  return runGrant(options, 'clientCreds', async (http, prompt) => {
    if (await reuse(options, http)) return;
    const secret = options.clientsecret ?? '-';
    const client = await readClient({ ...options, clientsecret: secret }, prompt);
    const server = await discover(options.endpoint, options.appid, http);
    const token = await clientCredentialsGrant(server, client, scopeOf(options), http);
    await deliver(tokenKey(options), client.clientId, token, options);
  });
}

function runDevice(options: TokenOptions): Promise<void> {
  return runGrant(options, 'deviceCode', async (http, prompt) => {
    if (await reuse(options, http)) return;
    const client = await readClient(options, prompt);
    await deliver(tokenKey(options), client.clientId, await deviceGrant(options, client, http), options);
  });
}

function runPassword(options: TokenOptions & { username: string; password?: string }): Promise<void> {
  return runGrant(options, 'resourceOwner', async (http, prompt) => {
    if (await reuse(options, http)) return;
    const { username } = options;
    const client = await readClient(options, prompt);
    const asked = `Password of ${username}`;
    const password = (await readSecret(options.password ?? '-', prompt, asked)) ?? '';
    const server = await discover(options.endpoint, options.appid, http);
    const token = await passwordGrant(server, client, { username, password, ...scopeOf(options) }, http);
    await deliver(tokenKey(options), client.clientId, token, options);
  });
}

type RefreshOptions = Partial<TokenOptions> & { refreshtoken?: string };

/** What was not given comes from the token kept last. */
async function runRefresh(given: RefreshOptions): Promise<void> {
  const { endpoint, appid: appId } = given;
  const kept = await createTokenFile().findLast({
    ...(endpoint !== undefined && { endpoint: normalizeEndpoint(endpoint) }),
    ...(appId !== undefined && { appId }),
  });
  const options = {
    ...given,
    endpoint: endpoint ?? kept?.endpoint,
    appid: appId ?? kept?.appId,
    clientid: given.clientid ?? kept?.clientId,
  };
  if (!hasClient(options))
    throw new CliUsage('no token of an app is kept: name --endpoint, --appid, --clientid and --refreshtoken');
  await runGrant(options, 'issueRefreshTokens', async (http, prompt) => {
    const client = await readClient(options, prompt);
    const asked = await readSecret(given.refreshtoken, prompt, 'Refresh token');
    const refreshToken = asked ?? kept?.refreshToken;
    if (!refreshToken) throw noRefreshToken(options.appid);
    const server = await discover(options.endpoint, options.appid, http);
    const token = await refreshTokenGrant(server, client, { refreshToken, ...scopeOf(options) }, http);
    const key = kept && asked === undefined ? kept : tokenKey(options);
    await deliver(key, client.clientId, token, { ...options, refreshToken });
  });
}

function noRefreshToken(appId: string): CliFailure {
  return new CliFailure(
    `the token kept has no refresh token; Admin Portal: Apps, ${appId}, Tokens, Issue refresh tokens`,
  );
}

function hasClient(options: {
  endpoint?: string | undefined;
  appid?: string | null | undefined;
  clientid?: string | null | undefined;
}): options is TokenOptions {
  return Boolean(options.endpoint && options.appid && options.clientid);
}

function scopeOf({ scope }: { scope?: string }): { scope?: string } {
  return scope === undefined ? {} : { scope };
}
