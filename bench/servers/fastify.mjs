/** `fastify-async`: what `bare-async` does, on Fastify. */
import Fastify from 'fastify';
import { DISCOVERY, KEYS, signAsync } from './jwt.mjs';
import { announce } from './serve.mjs';

const app = Fastify({ logger: false, keepAliveTimeout: 120_000 });
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
  done(null, new URLSearchParams(body)),
);
app.post('/token', async ({ body }) => ({
  access_token: await signAsync('at+jwt', body.get('client_id') ?? 'service'),
  token_type: 'Bearer',
  expires_in: 3600,
  scope: 'all',
}));
for (const [path, text] of Object.entries({ '/keys': KEYS, '/discovery': DISCOVERY }))
  app.get(path, (_request, reply) => reply.type('application/json').send(text));

await app.listen({ host: '127.0.0.1', port: 0 });
announce(`http://127.0.0.1:${app.server.address().port}`);
