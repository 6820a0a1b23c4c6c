/** Which addresses of the network a request that somebody else has chosen may go to. */
import { BlockList, isIP } from 'node:net';

/** `allow`: every address. Else host names, addresses and networks beside the public ones. */
export type PrivateTargets = 'allow' | readonly string[];

/**
 * What IANA's special-purpose registries (RFC 6890 and its successors) take out of the public
 * IPv4 space.
 */
const notPublic4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Of IPv6 only this is given out as public; mapped, NAT64, local and multicast lie outside. */
const public6 = ['2000::/3'];
/** Inside of it: protocols that lead elsewhere (Teredo, ORCHID, 6to4) and documentation. */
const notPublic6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48'];

const closed4 = listOf(notPublic4);
const open6 = listOf(public6);
const closed6 = listOf(notPublic6);

/** Whether the address belongs to somebody on the open internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !closed4.check(address, 'ipv4');
  // A zone names an interface of this machine.
  if (isIP(address) !== 6 || address.includes('%')) return false;
  return open6.check(address, 'ipv6') && !closed6.check(address, 'ipv6');
}

export interface TargetRules {
  /** Whether a connection may be made to an address that the host name led to. */
  allows(host: string, address: string): boolean;
  /** Whether requests may go there without encryption: it is the operator's own network. */
  allowsPlain(host: string): boolean;
  /** Whether the operator vouches for the name. */
  knowsName(host: string): boolean;
}

export function targetRules(targets: PrivateTargets): TargetRules {
  if (targets === 'allow') {
    return { allows: () => true, allowsPlain: () => true, knowsName: () => true };
  }
  const isNetwork = (text: string): boolean => isIP(text.split('/')[0] ?? '') !== 0;
  const own = listOf(targets.filter(isNetwork));
  const names = new Set(targets.filter((text) => !isNetwork(text)).map(plainName));
  const isOwn = (address: string): boolean =>
    isIP(address) !== 0 && own.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return {
    allows: (host, address) =>
      isPublicAddress(address) || names.has(plainName(host)) || isOwn(address),
    allowsPlain: (host) => names.has(plainName(host)) || isOwn(host),
    knowsName: (host) => names.has(plainName(host)),
  };
}

/** Without the dot at the end, which changes nothing about where a name leads. */
function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
