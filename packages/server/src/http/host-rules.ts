/** Under which names a server may be asked, and by pages of which origins. */
import { MemoryError } from '../domain/errors.ts';

export interface HostRules {
  /** The address that the server listens on. */
  readonly host: string;
  /** Further names, without a port. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may ask from a browser. */
  readonly corsOrigins: readonly string[];
}

export type CheckHost = (headers: {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}) => void;

/**
 * A name that a stranger's DNS leads to a loopback address opens the server to every page that
 * this machine's browser shows (DNS rebinding). So there only known names are answered, and only
 * pages of known origins. Elsewhere names are checked once some are allowed.
 *
 * What it returns throws host_not_allowed and origin_not_allowed.
 */
export function hostRules({ host, allowedHosts, corsOrigins }: HostRules): CheckHost {
  const isLoopback = isLoopbackName(host);
  if (!isLoopback && allowedHosts.length === 0) return () => {};
  const known = new Set([host, ...allowedHosts].map((name) => name.toLowerCase()));
  const isKnown = (name: string | undefined): boolean =>
    name !== undefined && (isLoopbackName(name) || known.has(name));
  return ({ host: asked, origin }) => {
    const name = asked === undefined ? undefined : hostNameOf(`http://${asked}`);
    if (!isKnown(name)) {
      const told = name === undefined ? 'without a name' : `as ${name.slice(0, 100)}`;
      const message = `The server was asked ${told}, and does not answer to that.`;
      throw new MemoryError('host_not_allowed', message);
    }
    if (!isLoopback || origin === undefined || corsOrigins.includes(origin)) return;
    if (isOwnOrigin(origin, asked)) return;
    const page = hostNameOf(origin);
    if (page !== undefined && allowedHosts.some((allowed) => allowed.toLowerCase() === page))
      return;
    throw new MemoryError('origin_not_allowed');
  };
}

/** A page of another port of this machine is another program's. */
function isOwnOrigin(origin: string, asked: string | undefined): boolean {
  return origin === `http://${asked}` || origin === `https://${asked}`;
}

/** Lower case and without brackets; undefined when there is none. */
function hostNameOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/^\[|\]$/g, '') || undefined;
}

/** Names that lead to this machine without asking anybody. */
export function isLoopbackName(name: string): boolean {
  const bare = name.toLowerCase().replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || /^127\.\d+\.\d+\.\d+$/.test(bare);
}
