/**
 * What Sallyport asks of other servers at somebody else's word: client keys, metadata documents, logout notices.
 * The address is never trusted: whoever implements this port refuses private networks, redirects and long answers.
 */

/** One request to an address that an outsider or an administrator wrote down. */
export interface OutboundRequest {
  readonly url: string;
  /** Fields of a form to post; a GET without them. */
  readonly form?: Readonly<Record<string, string>>;
  /** Media types that are understood. */
  readonly accept?: string;
  /** Most bytes of the answer that are read; the request fails beyond. */
  readonly maxBytes: number;
}

export interface OutboundResponse {
  readonly status: number;
  readonly body: string;
  /** Seconds the answer may be kept by its `Cache-Control`; null when it does not say. */
  readonly maxAge: number | null;
}

/** The request was not made, or did not come to an answer. The message is for the operator. */
export class OutboundError extends Error {}

/** Resolves to whatever the other side answered but a redirect. Throws {@link OutboundError}. */
export type Outbound = (request: OutboundRequest) => Promise<OutboundResponse>;
