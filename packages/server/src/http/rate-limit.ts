/** How often one source may knock at the doors that stand open to everyone. Guessing is slowed down elsewhere. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { attemptSource } from '../core/login/source.js';
import { HttpRefusal } from './errors.js';
import { isLocal } from './source.js';

/** Requests a minute from one source; a waiting sign-in polls twice a second at most. */
const PER_MINUTE = 300;

/** The doors: each costs the server a row or a hash before it knows who knocks. */
const DOORS =
  /^\/(login|device|security\/(start|advance)authentication|oauth2\/(authorize|par|device|register))\b/i;

/** Counts per source and process; a loopback source is free while nothing suggests that it speaks for another. */
export async function limitRates(app: FastifyInstance, publicUrl: string): Promise<void> {
  app.addHook('onRoute', (route) => {
    if (DOORS.test(route.url)) route.config = { ...route.config, rateLimit: { max: PER_MINUTE } };
  });
  await app.register(rateLimit, {
    global: false,
    timeWindow: 60_000,
    cache: 10_000,
    keyGenerator: (request) => attemptSource(request.ip),
    allowList: (request) => isLocal(request, publicUrl),
    errorResponseBuilder: (_request, { ttl }) =>
      new HttpRefusal(429, `too many requests from your address; try again in ${Math.ceil(ttl / 1000)} s`),
  });
}
