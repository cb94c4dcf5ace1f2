/** One keep-alive connection: takes a ready request, hands back the whole answer. Small, so that the load costs little. */
import { connect } from 'node:net';

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} head status line and headers
 * @property {string} body
 *
 * @typedef {object} Connection
 * @property {(request: string, onAnswer: (answer: Answer) => void) => void} send one request at a time
 * @property {() => void} close
 */

/** Milliseconds without an answer after which a connection is given up. */
const PATIENCE = 30_000;

const LENGTH = /\r\ncontent-length: *(\d+)/i;

/** What stands for an answer when the connection broke. */
const BROKEN = { status: 0, head: '', body: 'the connection broke' };

/**
 * @param {URL} url
 * @returns {Connection}
 */
export function openConnection(url) {
  let socket = null;
  let onAnswer = null;
  let received = '';

  function settle(answer) {
    const settled = onAnswer;
    onAnswer = null;
    received = '';
    settled?.(answer);
  }

  function open() {
    socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += chunk;
      const answer = parseAnswer(received);
      if (answer) settle(answer);
    });
    socket.setTimeout(PATIENCE, () => socket?.destroy());
    socket.on('error', () => socket?.destroy());
    socket.on('close', () => {
      socket = null;
      settle(BROKEN);
    });
  }

  return {
    send(request, whenAnswered) {
      onAnswer = whenAnswered;
      if (!socket) open();
      socket.write(request, 'latin1');
    },
    close: () => socket?.destroy(),
  };
}

/** The answer once it is whole, else null. @see RFC 9112 section 6.3 */
export function parseAnswer(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const status = Number(head.slice(9, 12));
  const length = LENGTH.exec(head)?.[1] ?? null;
  if (length !== null) return body.length >= Number(length) ? { status, head, body } : null;
  if (header(head, 'transfer-encoding') === null) return { status, head, body };
  return body.endsWith('0\r\n\r\n') ? { status, head, body: joinChunks(body) } : null;
}

/** The first header of that name, or null. */
export function header(head, name) {
  const start = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (start < 0) return null;
  const end = head.indexOf('\r\n', start + 2);
  return head.slice(start + name.length + 3, end < 0 ? undefined : end).trim();
}

function joinChunks(body) {
  let joined = '';
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.slice(at, end), 16);
    if (!size) return joined;
    joined += body.slice(end + 2, end + 2 + size);
    at = end + 4 + size;
  }
}
