/** One row by its id, wherever the tenant has it. */
import { MemoryError } from '../domain/errors.ts';
import type { MemoryId, NamespaceName } from '../domain/memory.ts';
import type { RecordRow, TenantRecords } from '../ports/records.ts';
import type { EngineDeps } from './deps.ts';

/**
 * The row, whether archived or superseded; never an expired one. Throws memory_not_found: the same
 * for a missing memory and for one of another namespace.
 */
export async function findCurrent(
  deps: EngineDeps,
  records: TenantRecords,
  memoryId: MemoryId,
  namespace: NamespaceName | undefined,
): Promise<{ namespaceNo: number; namespace: NamespaceName; row: RecordRow }> {
  const now = deps.clock.now();
  const match = (await records.byId([memoryId])).find(
    (item) =>
      (namespace === undefined || item.namespace === namespace) &&
      (item.row.expiresAt === null || item.row.expiresAt > now),
  );
  if (!match) throw new MemoryError('memory_not_found');
  return match;
}
