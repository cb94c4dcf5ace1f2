import {
  callRequest,
  type HttpOptions,
  normalizeEndpoint,
  parseCallTarget,
  processCallResponse,
} from '@sallyport/client';
import { createTokenFile } from '@sallyport/client/node';
import type { Command } from 'commander';
import { type Attempt, advised } from './advice.js';
import { CliFailure, CliUsage } from './failure.js';
import { freshToken } from './kept-token.js';
import { readSecret, withPrompt } from './prompt.js';
import { type TrafficOptions, trafficOptions, withTraffic } from './traffic.js';

interface CallOptions extends TrafficOptions {
  endpoint?: string;
  token?: string;
  data?: string;
  json?: boolean;
}

export function callCommand(program: Command): void {
  const command = program
    .command('call')
    .description('invoke a REST method with the last token, or the given one, and print its answer')
    .argument('<method-path...>', 'a path, or a method and a path; a bare vendor path is a POST')
    .option('--endpoint <url>', 'the server (default: of the last token)')
    .option('--token <token>', 'bearer token; - asks for it (default: the last one for that endpoint)')
    .option('--data <json>', 'body to send')
    .option('--json', 'print JSON even where the answer is a text');
  trafficOptions(command)
    .addHelpText(
      'after',
      "\nExamples:\n  sallyport call /security/whoami\n  sallyport call 'GET /api/v1/users?limit=10'",
    )
    .action((words: string[], _, action: Command) => run(words.join(' '), action.optsWithGlobals()));
}

async function run(methodPath: string, options: CallOptions): Promise<void> {
  const data = options.data === undefined ? undefined : parseData(options.data);
  const target = readTarget(methodPath, data !== undefined);
  const attempt: Attempt = { path: target.path };
  await withTraffic(options, (http) =>
    advised(attempt, async () => {
      const { endpoint, appId, bearerToken } = await readBearer(options, http);
      if (appId !== null) attempt.appId = appId;
      const request = { ...target, bearerToken, ...(data !== undefined && { data }) };
      const answer = await callRequest(endpoint, request, http);
      attempt.challenge = answer.headers.get('www-authenticate');
      const { body } = processCallResponse(answer);
      if (typeof body === 'string' && !options.json) console.log(body);
      else if (body !== null || options.json) console.log(JSON.stringify(body, null, 2));
    }),
  );
}

function readTarget(methodPath: string, hasData: boolean) {
  try {
    return parseCallTarget(methodPath, hasData);
  } catch (cause) {
    throw new CliUsage('expected a path such as /security/whoami, or a method and a path', { cause });
  }
}

function parseData(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliUsage('--data is not JSON', { cause });
  }
}

interface Bearer {
  endpoint: string;
  appId: string | null;
  bearerToken: string;
}

async function readBearer(options: CallOptions, http: HttpOptions): Promise<Bearer> {
  const endpoint = options.endpoint === undefined ? undefined : normalizeEndpoint(options.endpoint);
  const given = options.token;
  const kept = await createTokenFile().findLast(endpoint === undefined ? {} : { endpoint });
  const home = endpoint ?? kept?.endpoint;
  if (!home) throw new CliUsage('no token is kept: name --endpoint and --token, or sign in first');
  if (given !== undefined) {
    const bearerToken = await withPrompt(async (prompt) => readSecret(given, prompt, 'Bearer token'));
    return { endpoint: home, appId: null, bearerToken: bearerToken ?? '' };
  }
  if (!kept) throw new CliFailure(`no token for ${home} is kept; get one with sallyport token or login`);
  return freshToken(kept, http);
}
