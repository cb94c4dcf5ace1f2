import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

/** The part of an IPv6 address that one subscriber holds. */
const IPV6_PREFIX = 64;

/** Parsing an address costs as much as a look-up in the database; the same ones come again and again. */
const known = new LRUCache<string, string>({ max: 1_000 });

/**
 * The source an attempt is counted under: an IPv4 address, or the /64 of an IPv6 one. Rule 11. IPv4-mapped
 * addresses are IPv4; what is no address at all is its own source.
 */
export function attemptSource(address: string): string {
  let source = known.get(address);
  if (source === undefined) {
    source = sourceOf(address);
    known.set(address, source);
  }
  return source;
}

function sourceOf(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${IPV6_PREFIX}`);
  return `${network.toString()}/${IPV6_PREFIX}`;
}
