/** The form post that every OAuth endpoint takes from a client, and the JSON object it answers with. */
import { authenticateClient, type Client } from './client-auth.js';
import { type Answer, exchange, type HttpOptions } from './http.js';
import { isObject, type JsonObject, parseJson } from './json.js';
import { readRefusal } from './refusal.js';

/** Parameters by their names on the wire; one that is undefined is not sent. */
export type OAuthParameters = Readonly<Record<string, string | undefined>>;

/** Posts a form as an authenticated client. @see RFC 6749 appendix B */
export function clientRequest(
  url: string,
  client: Client,
  parameters: OAuthParameters,
  options?: HttpOptions,
): Promise<Answer> {
  const authentication = authenticateClient(client);
  return formRequest(url, { ...parameters, ...authentication.parameters }, authentication.headers, options);
}

export function formRequest(
  url: string,
  parameters: OAuthParameters,
  headers: Readonly<Record<string, string>>,
  options?: HttpOptions,
): Promise<Answer> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.set(name, value);
  return exchange(
    {
      method: 'POST',
      url,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      body: form.toString(),
    },
    options,
  );
}

/**
 * The JSON object of a successful answer.
 *
 * @throws OAuthResponseError for `{error, error_description}`
 * @throws UnexpectedResponseError for anything else
 * @see RFC 6749 section 5.2
 */
export function readOAuthObject(answer: Answer): JsonObject {
  const body = parseJson(answer.body);
  if (answer.status === 200 && isObject(body)) return body;
  throw readRefusal(answer);
}
