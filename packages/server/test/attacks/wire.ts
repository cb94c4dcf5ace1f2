/** Requests as bytes on the wire: `fetch` would tidy up the paths and headers that attacks are made of. */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AttackRequest } from './table.js';

export interface WireAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
  /** Head and body as one text, for the patterns of the table. */
  text: string;
  /** Milliseconds from the sending until the whole answer was here. */
  took: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

export function send(
  base: string,
  { line, headers = {}, form, json, body }: AttackRequest,
): Promise<WireAnswer> {
  const space = line.indexOf(' ');
  const { hostname, port, host } = new URL(base);
  const [content, type] = contentOf(form, json, body);
  const all: Record<string, string> = { host, ...(type && { 'content-type': type }), ...headers };
  if (content !== undefined && all['transfer-encoding'] === undefined)
    all['content-length'] = String(content.length);
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      hostname,
      port,
      method: line.slice(0, space),
      path: line.slice(space + 1),
      headers: all,
    };
    const sent = httpRequest(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(toAnswer(answer, Buffer.concat(chunks).toString('utf8'), began)));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(content);
  });
}

function contentOf(
  form: AttackRequest['form'],
  json: unknown,
  body: AttackRequest['body'],
): [Buffer | undefined, string] {
  if (body !== undefined) return [Buffer.from(body), ''];
  if (form) {
    const pairs = Array.isArray(form) ? form : Object.entries(form);
    return [Buffer.from(new URLSearchParams(pairs).toString()), 'application/x-www-form-urlencoded'];
  }
  if (json !== undefined) return [Buffer.from(JSON.stringify(json)), 'application/json'];
  return [undefined, ''];
}

function toAnswer({ statusCode = 0, headers }: IncomingMessage, body: string, began: number): WireAnswer {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const text = `${head.join('\n')}\n\n${body}`;
  return { status: statusCode, headers, body, text, took: performance.now() - began };
}
