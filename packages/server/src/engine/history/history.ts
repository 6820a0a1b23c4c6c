/** How a memory came to be what it is: its versions, and the facts that it took the place of. */
import { limits } from '../../domain/limits.ts';
import type { Memory, MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { RecordRow, TenantRecords } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { findCurrent } from '../find-current.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';

export interface HistoryRequest {
  readonly memoryId: MemoryId;
  readonly namespace?: NamespaceName;
  /** Versions, and facts of the chain, at most so many each. */
  readonly limit: number;
}

export interface History {
  /** Versions of the memory, newest first; the first one is current. */
  readonly versions: readonly Memory[];
  /** Older facts that it took the place of, newest first, and newer ones that took its place. */
  readonly before: readonly Memory[];
  readonly after: readonly Memory[];
  /** Whether versions or facts were left out. */
  readonly isCut: boolean;
}

/** Throws memory_not_found: missing, foreign or expired. Erased facts leave a gap in the chain. */
export async function history(
  deps: EngineDeps,
  scope: Scope,
  { memoryId, namespace, limit }: HistoryRequest,
): Promise<History> {
  const records = openRecords(deps, scope);
  const found = await findCurrent(deps, records, memoryId, namespace);
  const { namespaceNo, row } = found;
  const former = await records.versions(namespaceNo, row.ordinal);
  const versions = [row, ...former];
  const before = await chain(records, namespaceNo, row, 'supersedes', limit);
  const after = await chain(records, namespaceNo, row, 'supersededBy', limit);
  const shown = (rows: readonly RecordRow[]) =>
    rows.slice(0, limit).map((one) => memoryOf(found.namespace, one));
  return {
    versions: shown(versions),
    before: shown(before),
    after: shown(after),
    isCut: [versions, before, after].some((rows) => rows.length > limit),
  };
}

/** Follows the links of a chain, at most one step further than is shown. */
async function chain(
  records: TenantRecords,
  namespaceNo: number,
  start: RecordRow,
  link: 'supersedes' | 'supersededBy',
  limit: number,
): Promise<RecordRow[]> {
  const rows: RecordRow[] = [];
  let next = start[link];
  while (next !== null && rows.length <= Math.min(limit, limits.historyMax)) {
    const row: RecordRow | undefined = (await records.byId([next], namespaceNo))[0]?.row;
    if (row === undefined) break;
    rows.push(row);
    next = row[link];
  }
  return rows;
}
