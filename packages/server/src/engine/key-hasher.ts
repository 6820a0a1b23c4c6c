/** Keys are stored as keyed hashes in the clear columns, so that a stolen index names nobody. */
import { createHmac } from 'node:crypto';
import type { KeyHash, NamespaceName, TenantId } from '../domain/memory.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';

export type KeyHasher = (tenant: TenantId, namespace: NamespaceName, key: string) => KeyHash;

/** HMAC-SHA256 over tenant, namespace and key, cut to 16 bytes; `secret` belongs to the store. */
export function createKeyHasher(secret: Uint8Array): KeyHasher {
  return (tenant, namespace, key) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([tenant, namespace, key]))
      .digest('hex')
      .slice(0, 32) as KeyHash;
}

/** The secret of the key hashes, made with the store and kept in it. */
export async function storeSecret(control: ControlPort, clock: Clock): Promise<Uint8Array> {
  const name = 'secrets/key-hash';
  const stored = await control.get(name);
  if (stored) return Buffer.from(stored.value, 'base64');
  const secret = clock.randomBytes(32);
  const value = Buffer.from(secret).toString('base64');
  const version = await control.putIfVersion(name, value, 0);
  return version === undefined ? storeSecret(control, clock) : secret;
}
