/** What dreams put behind a memory that is not there any more. */
import type { MemoryId, TenantId } from '../../domain/memory.ts';
import type { TenantRecords } from '../../ports/records.ts';
import type { DreamStore } from './dream-store.ts';
import { rowsById } from './open-dream.ts';

export interface StandInPlace {
  readonly tenant: TenantId;
  readonly namespaceNo: number;
  readonly records: TenantRecords;
}

/** Whoever archives these again hides them for good: nothing leads to them. */
export async function withoutStandIn(
  store: DreamStore,
  { tenant, namespaceNo, records }: StandInPlace,
): Promise<Set<MemoryId>> {
  const hidden = new Set<MemoryId>();
  const opened = { place: { tenant }, records, info: { no: namespaceNo } };
  for (const id of await store.naming(tenant, namespaceNo)) {
    const files = await store.actions({ tenant, namespaceNo, id });
    const actions = files.flatMap((file) => file.actions);
    const there = await rowsById(
      opened,
      actions.flatMap(({ addedId }) => addedId ?? []),
    );
    for (const { addedId, archive = [] } of actions) {
      if (addedId === undefined || there.has(addedId)) continue;
      for (const memory of archive) hidden.add(memory.id);
    }
  }
  return hidden;
}
