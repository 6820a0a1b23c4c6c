/** Where the server listens, and to whom: a part of the table of settings. */
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  define,
  integer,
  isHostName,
  isNetwork,
  isOrigin,
  type Values,
  word,
  words,
} from './setting.ts';
import { settingInvalid } from './setting-invalid.ts';

export const httpSettings = {
  port: define({
    env: 'REVERIE_PORT',
    schema: integer(0, 65_535),
    default: '7360',
    form: 'number',
    doc: 'The port to listen on; 0 takes a free one.',
  }),
  host: define({
    env: 'REVERIE_HOST',
    schema: word,
    default: '127.0.0.1',
    form: 'address',
    doc: 'The address to listen on; 0.0.0.0 for every interface.',
  }),
  allowedHosts: define({
    env: 'REVERIE_ALLOWED_HOSTS',
    schema: words(isHostName, 'host names without a port'),
    form: 'names',
    doc:
      'Names under which the server may be asked beside those of this machine. On a loopback ' +
      'address no other name is answered; elsewhere every name is, until this is set.',
  }),
  corsOrigins: define({
    env: 'REVERIE_CORS_ORIGINS',
    schema: words(isOrigin, 'origins like https://app.example'),
    form: 'origins',
    doc: 'Origins of web pages that may ask the server from a browser; none without it.',
  }),
  trustedProxies: define({
    env: 'REVERIE_TRUSTED_PROXIES',
    schema: words(isNetwork, 'addresses or networks like 10.0.0.0/8'),
    form: 'networks',
    doc: 'Proxies whose X-Forwarded-For is believed; from anybody else it is not read.',
  }),
  maxRequests: define({
    env: 'REVERIE_MAX_REQUESTS',
    schema: integer(1, 100_000),
    default: '1000',
    form: 'number',
    doc: 'Requests under way at one time; more are answered 503 with Retry-After.',
  }),
  shutdownMs: define({
    env: 'REVERIE_SHUTDOWN_MS',
    schema: integer(0, 3_600_000),
    default: '10000',
    form: 'number',
    doc: 'How long a stopping server waits for requests that are under way, in milliseconds.',
  }),
  tlsCert: define({
    env: 'REVERIE_TLS_CERT',
    schema: z.string().min(1),
    form: 'file',
    doc: 'A certificate with its chain (PEM): the server speaks https. SIGHUP reads it again.',
  }),
  tlsKey: define({
    env: 'REVERIE_TLS_KEY',
    schema: z.string().min(1),
    form: 'file',
    doc: 'The private key of REVERIE_TLS_CERT (PEM).',
  }),
} as const;

/** Both files of TLS or none, from the folder of the start. Throws setting_invalid. */
export function tlsFiles(
  { tlsCert, tlsKey }: Pick<Values<typeof httpSettings>, 'tlsCert' | 'tlsKey'>,
  cwd: string,
) {
  const { tlsCert: cert, tlsKey: key } = httpSettings;
  if (tlsCert === undefined && tlsKey === undefined) return { tlsCert, tlsKey };
  if (tlsCert === undefined) throw settingInvalid(cert.env, `${key.env} is set; it needs both`);
  if (tlsKey === undefined) throw settingInvalid(key.env, `${cert.env} is set; it needs both`);
  return { tlsCert: resolve(cwd, tlsCert), tlsKey: resolve(cwd, tlsKey) };
}
