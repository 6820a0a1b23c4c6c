/** What a dream archived comes back when the memory that stands for it goes. */
import { decodeBody } from '../../domain/body-codec.ts';
import type { MemoryBody, MemoryId } from '../../domain/memory.ts';
import type { RecordRow, TenantRecords, UpdateOp } from '../../ports/records.ts';

/** `isErased` tells rows that go too. */
export async function broughtBack(
  records: TenantRecords,
  namespaceNo: number,
  erased: readonly RecordRow[],
  isErased: (ordinal: number) => boolean,
): Promise<UpdateOp[]> {
  const ids = new Set(
    erased.flatMap(({ kind, body }) => (kind === 'derived' ? stoodFor(decodeBody(body)) : [])),
  );
  if (ids.size === 0) return [];
  const sources = await records.byId([...ids], namespaceNo);
  return sources
    .filter(({ row }) => row.archived && !isErased(row.ordinal))
    .map(({ row: { ordinal, version: expectedVersion } }) => ({
      ...{ op: 'restore', ordinal, expectedVersion },
      columns: { archived: false },
    }));
}

/** Of one from a file nobody knows what was archived with it: all that it was made of. */
function stoodFor({ made, derivedFrom }: MemoryBody): readonly MemoryId[] {
  return made ? (made.archived ?? []) : derivedFrom;
}
