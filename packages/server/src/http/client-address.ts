/** Where a request comes from: the address at the other end of the socket. */
import { isIPv6 } from 'node:net';
import { z } from 'zod';
import type { AppContext } from './context.ts';

/** What the HTTP server hands over with a request. */
const connection = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }),
});

/** Undefined for a request of this process, which came over no network. */
export function clientAddress({ env }: AppContext): string | undefined {
  const found = connection.safeParse(env).data?.incoming.socket.remoteAddress;
  return found?.replace(/^::ffff:(?=\d+\.)/i, '');
}

/**
 * Addresses that are one client's: whoever has an IPv6 address has 2^64 of them (RFC 6177), so
 * that these count as one.
 */
export function addressGroup(address: string): string {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return address;
  const [head = '', tail] = bare.split('::');
  const parts = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = Array.from({ length: Math.max(0, 8 - parts.length - after.length) }, () => '0');
  const network = [...parts, ...zeros, ...after].slice(0, 4);
  return `${network.map((part) => Number.parseInt(part, 16).toString(16)).join(':')}::/64`;
}
