/** Whom a request comes from: its peer, or whom trusted proxies name. */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { limits } from '../domain/limits.ts';
import type { AppContext } from './context.ts';

export type IsTrustedProxy = (address: string) => boolean;

/**
 * An IP address in its usual spelling; undefined for a request of this process. Anybody can
 * write an X-Forwarded-For: it is read from the right, and only as far as trusted proxies wrote it.
 */
export function clientAddress(context: AppContext): string | undefined {
  const peer = plainAddress(context.env?.incoming?.socket.remoteAddress);
  if (peer === undefined) return undefined;
  const isTrusted = context.get('isTrustedProxy');
  let address = peer;
  const named = (context.req.header('x-forwarded-for') ?? '').split(',');
  for (const text of named.slice(-limits.forwardedMax).reverse()) {
    if (!isTrusted(address)) break;
    const next = plainAddress(text);
    if (next === undefined) break;
    address = next;
  }
  return address;
}

/** `networks`: addresses, and networks like 10.0.0.0/8. */
export function trustedProxies(networks: readonly string[]): IsTrustedProxy {
  if (networks.length === 0) return () => false;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Without brackets, port, zone and the IPv6 form of an IPv4 address; undefined: it is none. */
function plainAddress(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1];
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(trimmed)?.[1];
  const bare = (bracketed ?? withPort ?? trimmed).replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  const address = mapped ?? bare;
  return isIP(address) === 0 ? undefined : address;
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
