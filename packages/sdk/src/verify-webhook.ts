/** Tells whether a request to a webhook's receiver comes from the server, with WebCrypto alone. */
import { ReverieError } from './errors.ts';
import { eventFrom } from './event-from-wire.ts';
import { objectFrom } from './read-wire.ts';
import type { ReverieEvent } from './webhook-types.ts';

/** Of a `Request`, or as Node gives them. */
export type ReceivedHeaders =
  | Pick<Headers, 'get'>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How old, or how far ahead of this clock, a delivery may be; 300 when absent. */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970; of the system when absent. */
  readonly now?: () => number;
}

/**
 * The event of a delivery whose `X-Reverie-Signature` fits the secret. `rawBody`: the bytes as they
 * came in; a body that was parsed and written again does not fit. The same event may come more than
 * once: its `id` tells.
 *
 * @throws ReverieError `invalid_signature` for everything else.
 */
export async function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: ReceivedHeaders,
  secret: string,
  { toleranceSeconds = 300, now = Date.now }: VerifyOptions = {},
): Promise<ReverieEvent> {
  const { time, signatures } = parse(headerOf(headers, 'x-reverie-signature'));
  const age = Math.abs(now() / 1000 - time);
  if (!(age <= toleranceSeconds)) throw refused('The delivery is too old, or the clocks differ.');
  const encoder = new TextEncoder();
  const body = typeof rawBody === 'string' ? encoder.encode(rawBody) : rawBody;
  const signed = new Uint8Array([...encoder.encode(`${time}.`), ...body]);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['verify']);
  for (const signature of signatures) {
    // It compares in constant time.
    if (await subtle.verify('HMAC', key, signature, signed)) return read(body);
  }
  throw refused('The signature does not fit the secret and the body.');
}

function read(body: Uint8Array): ReverieEvent {
  return eventFrom(objectFrom(JSON.parse(new TextDecoder().decode(body)), 'event'));
}

/** `t=1767225600,v1=<hex>`; after a rotation with one `v1` for each secret. */
function parse(header: string | undefined) {
  const parts = (header ?? '').split(',').map((part) => part.trim());
  const time = Number(/^t=(\d{1,15})$/.exec(parts[0] ?? '')?.[1]);
  const signatures = parts.flatMap((part) => {
    const hex = /^v1=([0-9a-f]{64})$/.exec(part)?.[1];
    return hex === undefined ? [] : [bytesOf(hex)];
  });
  if (Number.isNaN(time) || signatures.length === 0) {
    throw refused('The header X-Reverie-Signature is missing or not readable.');
  }
  return { time, signatures };
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

function headerOf(headers: ReceivedHeaders, name: string): string | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined;
  const [, value] = Object.entries(headers).find(([one]) => one.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : value?.[0];
}

function isHeaders(headers: ReceivedHeaders): headers is Pick<Headers, 'get'> {
  return typeof headers.get === 'function';
}

function refused(message: string): ReverieError {
  return new ReverieError('invalid_signature', message);
}
