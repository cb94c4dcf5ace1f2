/** Requests as bytes on a socket, and the answers as they come: what an HTTP library would hide. */
import { connect } from 'node:net';
import { expect } from 'vitest';

export interface WireAnswer {
  status: number;
  /** In the order and case received. */
  headers: [name: string, value: string][];
  body: string;
  header(name: string): string | undefined;
}

/** Every answer of a vendor's call, whose clients read nothing without these. Traps 1 and 2 */
export function expectReadable({ header, body }: WireAnswer): void {
  expect(header('content-length')).toBe(String(Buffer.byteLength(body)));
  expect(header('transfer-encoding')).toBeUndefined();
  expect(header('content-encoding')).toBeUndefined();
}

/**
 * Sends a request and reads the answer to its end. Lines may end in LF; the blank line, `Host`, `Connection` and the
 * length of the body are added.
 */
export async function send(origin: string, head: string, body: string | null = null): Promise<WireAnswer> {
  const { hostname, port, host } = new URL(origin);
  const lines = [
    ...head
      .trim()
      .split('\n')
      .map((line) => line.trim()),
    `Host: ${host}`,
    'Connection: close',
  ];
  if (body !== null) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  const received = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.once('error', reject);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('close', () => resolve(Buffer.concat(chunks)));
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
  });
  return answerIn(received.toString('utf8'));
}

/** The final answer: what only says that the body may come is passed over. */
function answerIn(text: string): WireAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  if (status === 100) return answerIn(rest.join('\r\n\r\n'));
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return {
    status,
    headers,
    body: rest.join('\r\n\r\n'),
    header: (name) => headers.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1],
  };
}

/** The session cookie as the vendor's samples cut it out: everything behind the first `=` up to the `;`. Trap 7 */
export function cookieIn({ headers }: WireAnswer): string {
  const set = headers.filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, value]) => value);
  const [, value = ''] = (set.find((line) => line.startsWith('.ASPXAUTH='))?.split(';')[0] ?? '').split('=');
  expect(value).not.toBe('');
  return value;
}
