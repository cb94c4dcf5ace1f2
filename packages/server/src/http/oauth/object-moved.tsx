import type { FastifyReply } from 'fastify';
import { renderToString } from 'preact-render-to-string';

/** Word for word what they look for. */
const LINK_TEXT = 'here';

/** A redirect with the body that the vendor's clients look for: 303 after a POST, 302 after a GET. */
export function objectMoved(reply: FastifyReply, location: string): FastifyReply {
  const href = location.replace(/[^\x21-\x7e]+/gu, encodeURIComponent);
  const link = renderToString(
    <h2>
      Object moved to <a href={href}>{LINK_TEXT}</a>.
    </h2>,
  );
  return reply
    .code(reply.request.method === 'POST' ? 303 : 302)
    .header('location', href)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(`<html><head><title>Object moved</title></head><body>\r\n${link}\r\n</body></html>\r\n`);
}
