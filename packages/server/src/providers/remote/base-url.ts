/** Which addresses may be given keys and memories. */
import { isIPv4, isIPv6 } from 'node:net';
import { MemoryError } from '../../domain/errors.ts';
import type { RemoteUse } from './remote-use.ts';

/**
 * An address without a slash at its end. Plain http is for this machine and its own network only:
 * what is sent are memories and a key.
 *
 * @throws MemoryError `setting_invalid`; the message never repeats the address, which may hold a
 * password.
 */
export function checkBaseUrl(text: string, { setting }: RemoteUse): string {
  const invalid = (reason: string) =>
    new MemoryError('setting_invalid', `${setting}_URL: ${reason}.`, {
      details: { setting: `${setting}_URL` },
    });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid('an address such as https://host/v1 is needed');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid(`leave user and password out; the key is ${setting}_API_KEY`);
  }
  if (url.search !== '' || url.hash !== '') throw invalid('an address without ? and # is needed');
  if (url.protocol === 'http:' && !isOwnNetwork(url.hostname)) {
    throw invalid('https is needed for a host outside this machine and its network');
  }
  return url.href.replace(/\/+$/, '');
}

/** Loopback, private ranges (RFC 1918, RFC 4193), and names without a public domain. */
function isOwnNetwork(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIPv4(host)) return /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(host);
  if (isIPv6(host)) return host === '::1' || /^f[cd]/i.test(host);
  return !host.includes('.') || /\.(localhost|local|internal|lan|home\.arpa)$/i.test(host);
}
