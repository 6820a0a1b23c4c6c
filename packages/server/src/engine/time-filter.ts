/** Both axes of time as filters: when it was, what held, and what the system knew. */
import type { IndexFilter } from '../index/types.ts';
import type { RecordRow, TenantRecords } from '../ports/records.ts';

/** Times are milliseconds since 1970 UTC. */
export type TimeFilter = Pick<IndexFilter, 'occurredFrom' | 'occurredTo' | 'validAt' | 'asOf'>;

/** Only the fields of a time filter that are set. */
export function timeFilterOf(from: TimeFilter): TimeFilter {
  const { occurredFrom, occurredTo, validAt, asOf } = from;
  return {
    ...(occurredFrom !== undefined && { occurredFrom }),
    ...(occurredTo !== undefined && { occurredTo }),
    ...(validAt !== undefined && { validAt }),
    ...(asOf !== undefined && { asOf }),
  };
}

/**
 * The rows in the versions that were current at `asOf`. A row whose versions of that time are gone
 * is left out.
 */
export async function rowsAsOf(
  records: TenantRecords,
  namespaceNo: number,
  rows: readonly RecordRow[],
  asOf: number | undefined,
): Promise<RecordRow[]> {
  if (asOf === undefined) return [...rows];
  const then = await Promise.all(
    rows.map(async (row) => {
      if (row.updatedAt <= asOf) return row;
      const query = { writtenBy: asOf, limit: 1 };
      return (await records.versions(namespaceNo, row.ordinal, query))[0];
    }),
  );
  return then.filter((row) => row !== undefined);
}
