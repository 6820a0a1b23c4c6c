/** What a row was at a change of its namespace. */
import type { RecordRow, TenantRecords } from '../ports/records.ts';

/** The version that was current after change `seq`; undefined for a row that came later. */
export async function stateAt(
  records: TenantRecords,
  namespaceNo: number,
  row: RecordRow,
  seq: number,
): Promise<RecordRow | undefined> {
  if (row.seq <= seq) return row;
  return (await records.versions(namespaceNo, row.ordinal, { seqMax: seq, limit: 1 }))[0];
}
