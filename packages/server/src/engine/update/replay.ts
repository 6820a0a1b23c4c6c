/** Answers a change that was made before, from its receipt and the memory as it was then. */
import type { NamespaceName } from '../../domain/memory.ts';
import type { KeptReceipt, RecordRow, TenantRecords } from '../../ports/records.ts';
import { memoryOf, rowAt } from '../rows.ts';
import type { UpdateOutcome } from './update.ts';

/** The receipt of a change that changed nothing names the version; else its op tells. */
export async function replayUpdate(
  records: TenantRecords,
  place: {
    readonly namespaceNo: number;
    readonly namespace: NamespaceName;
    readonly row: RecordRow;
  },
  { applied, note }: KeptReceipt,
): Promise<UpdateOutcome> {
  const { version = place.row.version } = JSON.parse(note) as { version?: number };
  const row = await rowAt(records, place, applied?.version ?? version);
  return { status: applied ? 'updated' : 'unchanged', memory: memoryOf(place.namespace, row) };
}
