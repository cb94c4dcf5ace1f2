/** Where a request comes from, as far as an exemption may rest on it. Contract section 7. */
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { isLoopbackHost } from '../kit/loopback.js';

/** What of a request tells where it comes from. */
export type Sender = Pick<FastifyRequest, 'ip' | 'headers'>;

/**
 * Tells whether a request surely comes from this very machine: a loopback source while nothing suggests that it speaks
 * for another. A server with a public URL of its own has a proxy, or one before long, whose source is loopback too.
 */
export function localityOf(publicUrl: string): (request: Sender) => boolean {
  const isHere = isLoopbackHost(new URL(publicUrl).hostname);
  return (request) => isHere && isLoopbackAddress(request.ip) && !isForwarded(request);
}

function isLoopbackAddress(address: string): boolean {
  if (address === '127.0.0.1' || address === '::1') return true;
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function isForwarded({ headers }: Sender): boolean {
  return (
    headers.forwarded !== undefined ||
    headers['x-forwarded-for'] !== undefined ||
    headers['x-real-ip'] !== undefined
  );
}
