/** How the client commands reach the server: through the proxy of the environment, seen and recorded on demand. */
import { writeFile } from 'node:fs/promises';
import { type Exchange, type HeaderList, type HttpOptions, toHar } from '@sallyport/client';
import type { Command } from 'commander';
import { VERSION } from '../version.js';
import { CliFailure } from './failure.js';

export interface TrafficOptions {
  verbose?: boolean;
  har?: string;
}

/** Adds `--har`; `--verbose` is every command's. */
export function trafficOptions(command: Command): Command {
  return command.option('--har <file>', 'save the HTTP exchanges, secrets masked, for any traffic viewer');
}

/** What every call of the client library takes, and what to do when all are done. */
export interface Traffic {
  readonly http: HttpOptions;
  /** Writes the recorded exchanges, if that was asked for. */
  save(): Promise<void>;
}

export async function openTraffic({ verbose, har }: TrafficOptions): Promise<Traffic> {
  await useProxy(process.env);
  const exchanges: Exchange[] = [];
  const onExchange: HttpOptions['onExchange'] = (request, response) => {
    if (verbose) console.error(shown({ request, response }));
    if (har !== undefined) exchanges.push({ request, response });
  };
  return {
    http: { onExchange },
    save: async () => {
      if (har !== undefined) await saveHar(har, exchanges);
    },
  };
}

/** Runs `job`, and saves its exchanges even when it fails. */
export async function withTraffic<T>(
  options: TrafficOptions,
  job: (http: HttpOptions) => Promise<T>,
): Promise<T> {
  const { http, save } = await openTraffic(options);
  try {
    return await job(http);
  } finally {
    await save();
  }
}

/**
 * `HTTPS_PROXY` and `NO_PROXY`, which `fetch` of Node 20 does not read by itself. Plain http goes to this very
 * machine only, never through a proxy. `NODE_EXTRA_CA_CERTS` is Node's own.
 */
async function useProxy(environment: NodeJS.ProcessEnv): Promise<void> {
  if (!environment.HTTPS_PROXY && !environment.https_proxy) return;
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import('undici');
  setGlobalDispatcher(new EnvHttpProxyAgent({ httpProxy: '' }));
}

async function saveHar(path: string, exchanges: readonly Exchange[]): Promise<void> {
  const har = toHar(exchanges, { name: 'sallyport', version: VERSION });
  try {
    await writeFile(path, `${JSON.stringify(har, null, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new CliFailure(`cannot write ${path}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** An exchange as text: what was sent behind `>`, what came back behind `<`. */
function shown({ request, response }: Exchange): string {
  return [
    `> ${request.method} ${request.url}`,
    ...message('>', request.headers, request.body),
    `< ${response.status} ${response.statusText} (${Math.round(response.duration)} ms)`,
    ...message('<', response.headers, response.body),
    '',
  ].join('\n');
}

function message(mark: string, headers: HeaderList, body: string): string[] {
  const lines = headers.map(([name, value]) => `${mark} ${name}: ${value}`);
  return body === '' ? lines : [...lines, mark, ...body.split('\n').map((line) => `${mark} ${line}`)];
}
