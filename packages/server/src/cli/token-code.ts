import {
  authorizationCodeGrant,
  type Client,
  discover,
  type HttpOptions,
  normalizeEndpoint,
  type PendingAuthorization,
  startAuthorization,
  type TokenResponse,
  validateAuthorizationResponse,
} from '@sallyport/client';
import { openLoopback } from '@sallyport/client/node';
import { openBrowser } from './browser.js';
import { CliFailure } from './failure.js';
import type { Prompt } from './prompt.js';
import type { TokenOptions } from './token-options.js';

export interface CodeOptions extends TokenOptions {
  /** False with `--no-browser`. */
  browser: boolean;
}

/**
 * A token by the user's browser: the redirect is caught on a loopback port, or pasted.
 * @see RFC 8252 section 7.3
 */
export async function codeGrant(
  options: CodeOptions,
  client: Client,
  { http, prompt }: { http: HttpOptions; prompt: Prompt },
): Promise<TokenResponse> {
  const { endpoint, appid, scope } = options;
  const server = await discover(endpoint, appid, http);
  const start = (redirectUri: string) =>
    startAuthorization(server, client, { redirectUri, ...(scope !== undefined && { scope }) });
  const { pending, callback } = options.browser
    ? await byLoopback(start)
    : await byPaste(start, `${normalizeEndpoint(endpoint)}/sysinfo/dummy`, prompt);
  const response = validateAuthorizationResponse(server, pending, callback);
  return authorizationCodeGrant(server, client, pending, response, http);
}

type Start = (redirectUri: string) => Promise<PendingAuthorization>;
type Redirected = Promise<{ pending: PendingAuthorization; callback: URL }>;

async function byLoopback(start: Start): Redirected {
  const loopback = await openLoopback();
  try {
    const pending = await start(loopback.redirectUri);
    const received = loopback.receive({ state: pending.state });
    console.error(`Sign in at\n\n  ${pending.url}\n`);
    await openBrowser(pending.url, process.env);
    return { pending, callback: await received };
  } finally {
    loopback.close();
  }
}

async function byPaste(start: Start, redirectUri: string, prompt: Prompt): Redirected {
  const pending = await start(redirectUri);
  console.log(pending.url);
  const pasted = (await prompt.text('The URL your browser ended at')).trim();
  if (!URL.canParse(pasted)) throw new CliFailure('that is not the URL the browser ended at');
  return { pending, callback: new URL(pasted) };
}
