/** Recorded exchanges as HTTP Archive 1.2, for any traffic viewer. */
import { type Exchange, type HeaderList, mask } from './mask.js';

interface NameValue {
  readonly name: string;
  readonly value: string;
}

interface HarMessage {
  readonly httpVersion: string;
  readonly cookies: readonly [];
  readonly headers: readonly NameValue[];
  readonly headersSize: -1;
  readonly bodySize: -1;
}

export interface HarEntry {
  readonly startedDateTime: string;
  /** Milliseconds. */
  readonly time: number;
  readonly request: HarMessage & {
    readonly method: string;
    readonly url: string;
    readonly queryString: readonly NameValue[];
    readonly postData?: { readonly mimeType: string; readonly text: string };
  };
  readonly response: HarMessage & {
    readonly status: number;
    readonly statusText: string;
    readonly redirectURL: string;
    readonly content: { readonly size: number; readonly mimeType: string; readonly text: string };
  };
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number };
}

export interface Har {
  readonly log: {
    readonly version: '1.2';
    readonly creator: { readonly name: string; readonly version: string };
    readonly entries: readonly HarEntry[];
  };
}

/**
 * The archive of some exchanges, each masked whoever recorded it.
 *
 * @param exchanges what an `onExchange` observer was handed
 * @see http://www.softwareishard.com/blog/har-12-spec/
 */
export function toHar(
  exchanges: readonly Exchange[],
  creator = { name: 'sallyport', version: '0.1.0' },
): Har {
  return { log: { version: '1.2', creator, entries: exchanges.map((each) => toEntry(mask(each))) } };
}

function toEntry({ request, response }: Exchange): HarEntry {
  const query = request.url.split('#')[0]?.split('?')[1] ?? '';
  const requestType = headerOf(request.headers, 'content-type');
  const responseType = headerOf(response.headers, 'content-type');
  return {
    startedDateTime: new Date(request.startedAt).toISOString(),
    time: response.duration,
    request: {
      ...toMessage(request.headers),
      method: request.method,
      url: request.url,
      queryString: [...new URLSearchParams(query)].map(([name, value]) => ({ name, value })),
      ...(request.body !== '' && { postData: { mimeType: requestType, text: request.body } }),
    },
    response: {
      ...toMessage(response.headers),
      status: response.status,
      statusText: response.statusText,
      redirectURL: headerOf(response.headers, 'location'),
      content: { size: response.body.length, mimeType: responseType, text: response.body },
    },
    cache: {},
    timings: { send: 0, wait: response.duration, receive: 0 },
  };
}

/** `fetch` tells neither the version of HTTP nor the sizes on the wire. */
function toMessage(headers: HeaderList): HarMessage {
  return {
    httpVersion: 'unknown',
    cookies: [],
    headers: headers.map(([name, value]) => ({ name, value })),
    headersSize: -1,
    bodySize: -1,
  };
}

function headerOf(headers: HeaderList, name: string): string {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
}
