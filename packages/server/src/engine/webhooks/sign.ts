/** Signatures of what is sent, by which a receiver knows that it comes from here. */
import { createHmac } from 'node:crypto';
import type { Webhook } from './webhook.ts';

const hmac = (secret: string, ...parts: readonly (string | Uint8Array)[]): string => {
  const made = createHmac('sha256', secret);
  for (const part of parts) made.update(part);
  return made.digest('hex');
};

/**
 * `X-Reverie-Signature` covers the time and the raw bytes, so that what was recorded is of no use
 * later; after a rotation it holds one signature for each secret. `X-REM-Signature` is the form
 * that receivers of the REM Labs API know.
 */
export function signatureHeaders(
  { secret, former }: Pick<Webhook, 'secret' | 'former'>,
  body: Uint8Array,
  now: number,
): Record<string, string> {
  const t = Math.floor(now / 1000);
  const secrets = [secret, ...(former && former.until > now ? [former.secret] : [])];
  const signed = secrets.map((one) => `v1=${hmac(one, `${t}.`, body)}`);
  return {
    'X-Reverie-Signature': [`t=${t}`, ...signed].join(','),
    'X-REM-Signature': hmac(secret, body),
  };
}
