/** Keys are stored as keyed hashes in the clear columns, so that a stolen index names nobody. */
import { createHmac } from 'node:crypto';
import type { KeyHash, NamespaceName, TenantId } from '../domain/memory.ts';

export type KeyHasher = (tenant: TenantId, namespace: NamespaceName, key: string) => KeyHash;

/** HMAC-SHA256 over tenant, namespace and key, cut to 16 bytes; `secret` belongs to the store. */
export function createKeyHasher(secret: Uint8Array): KeyHasher {
  return (tenant, namespace, key) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([tenant, namespace, key]))
      .digest('hex')
      .slice(0, 32) as KeyHash;
}
