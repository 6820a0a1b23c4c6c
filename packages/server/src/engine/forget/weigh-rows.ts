/** Reads rows before they are erased, and counts what goes with them. */
import { decodeBody } from '../../domain/body-codec.ts';
import type { RecordRow, TenantRecords } from '../../ports/records.ts';
import type { Turns } from '../../util/turns.ts';
import { type ForgetCounts, noCounts } from './receipt.ts';

export interface WeighedRows {
  /** Those of the rows that are there. */
  readonly rows: readonly RecordRow[];
  readonly counts: ForgetCounts;
}

/**
 * `isDerived` tells rows that go because of others from rows that were named. With `sparesSystem`
 * rows for the `system` audience are left out, and counted as kept.
 */
export async function weighRows(
  records: TenantRecords,
  namespaceNo: number,
  ordinals: readonly number[],
  isDerived: (ordinal: number) => boolean,
  sparesSystem = false,
): Promise<WeighedRows> {
  const found = await records.byOrdinal(namespaceNo, ordinals);
  const rows = found.filter(({ audience }) => !sparesSystem || audience !== 'system');
  const there = rows.map(({ ordinal }) => ordinal);
  const weight = await records.weigh(namespaceNo, there);
  const counts = {
    ...weight,
    memories: rows.length,
    derived: there.filter(isDerived).length,
    attachments: rows.reduce((sum, { body }) => sum + decodeBody(body).attachments.length, 0),
    kept: found.length - rows.length,
  };
  return { rows, counts };
}

const rowsAtOnce = 256;

/** What all of them weigh, without holding them. */
export async function countRows(
  records: TenantRecords,
  namespaceNo: number,
  ordinals: readonly number[],
  isDerived: (ordinal: number) => boolean,
  turns: Turns,
): Promise<ForgetCounts> {
  let counts = noCounts;
  for (let at = 0; at < ordinals.length; at += rowsAtOnce) {
    const some = ordinals.slice(at, at + rowsAtOnce);
    counts = addCounts(counts, (await weighRows(records, namespaceNo, some, isDerived)).counts);
    if (turns.due()) await turns.next();
  }
  return counts;
}

export function addCounts(a: ForgetCounts, b: ForgetCounts): ForgetCounts {
  return {
    memories: a.memories + b.memories,
    derived: a.derived + b.derived,
    versions: a.versions + b.versions,
    vectors: a.vectors + b.vectors,
    attachments: a.attachments + b.attachments,
    kept: a.kept + b.kept,
  };
}
