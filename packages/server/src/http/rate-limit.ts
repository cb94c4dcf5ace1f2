/** How often one source may knock at the doors that stand open to everyone. Guessing is slowed down elsewhere. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { attemptSource } from '../core/login/source.js';
import { isLoopbackHost } from '../kit/loopback.js';
import { HttpRefusal } from './errors.js';

/** Requests a minute from one source; a waiting sign-in polls twice a second at most. */
const PER_MINUTE = 300;

/** The doors: each costs the server a row or a hash before it knows who knocks. */
const DOORS = /^\/(login|security\/(start|advance)authentication|oauth2\/(authorize|par|device|register))\b/i;

/** Counts per source and process; a loopback source is free while nothing suggests that it speaks for another. */
export async function limitRates(app: FastifyInstance, publicUrl: string): Promise<void> {
  const local = isLoopbackHost(new URL(publicUrl).hostname);
  app.addHook('onRoute', (route) => {
    if (DOORS.test(route.url)) route.config = { ...route.config, rateLimit: { max: PER_MINUTE } };
  });
  await app.register(rateLimit, {
    global: false,
    timeWindow: 60_000,
    cache: 10_000,
    keyGenerator: (request) => attemptSource(request.ip),
    allowList: (request) => local && isLoopbackAddress(request.ip) && !isForwarded(request),
    errorResponseBuilder: (_request, { ttl }) =>
      new HttpRefusal(429, `too many requests from your address; try again in ${Math.ceil(ttl / 1000)} s`),
  });
}

function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function isForwarded(request: FastifyRequest): boolean {
  return ['forwarded', 'x-forwarded-for', 'x-real-ip'].some((name) => request.headers[name] !== undefined);
}
