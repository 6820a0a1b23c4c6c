/** Ids of events: made of what they tell of, so that an event has the same one each time. */
import { createHash } from 'node:crypto';
import { makeId } from '../../domain/ids.ts';
import type { TenantId } from '../../domain/memory.ts';

/**
 * `at` is part of it: a store that was restored from a backup uses the same numbers again for other
 * changes. `seq` is 0 for what happens to a namespace as a whole.
 */
export function eventId(
  tenant: TenantId,
  { namespaceNo, seq, at }: { namespaceNo: number; seq: number; at: number },
): string {
  const hash = createHash('sha256').update(JSON.stringify([tenant, namespaceNo, seq, at]));
  return makeId('evt', at, hash.digest());
}
