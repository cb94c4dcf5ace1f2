/** Where a request comes from, as far as an exemption may rest on it. Contract section 7. */
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { isLoopbackHost } from '../kit/loopback.js';

/**
 * Whether a request surely comes from this very machine: a loopback source while nothing suggests that it speaks for
 * another. A server with a public URL of its own has a proxy, or one before long, whose source is loopback too.
 */
export function isLocal(request: FastifyRequest, publicUrl: string): boolean {
  return (
    isLoopbackHost(new URL(publicUrl).hostname) && isLoopbackAddress(request.ip) && !isForwarded(request)
  );
}

function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function isForwarded(request: FastifyRequest): boolean {
  return ['forwarded', 'x-forwarded-for', 'x-real-ip'].some((name) => request.headers[name] !== undefined);
}
