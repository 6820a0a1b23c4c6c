/** How a memory came to be what it is: its versions, and the facts that it took the place of. */
import { MemoryError } from '../../domain/errors.ts';
import type { Memory, MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { ChangeOp, RecordRow, TenantRecords } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { findCurrent } from '../find-current.ts';
import { withLiveLinks } from '../links/links.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { decodeHistoryCursor, encodeHistoryCursor, type HistoryPlace } from './cursor.ts';

export interface HistoryRequest {
  readonly memoryId: MemoryId;
  readonly namespace?: NamespaceName;
  /** Versions, and facts of the chain in both directions, at most so many each. */
  readonly limit: number;
  readonly cursor?: string;
}

/** What was done to a memory to make a version of it. */
export const versionOps = [
  'created',
  'patched',
  'replaced',
  'archived',
  'restored',
  'expired',
] as const;
export type VersionOp = (typeof versionOps)[number];

export interface MemoryVersion extends Memory {
  /** Null where the change that made it is not known any more. */
  readonly op: VersionOp | null;
}

export interface History {
  /** Versions of the memory, newest first; on the first page the current one comes first. */
  readonly versions: readonly MemoryVersion[];
  /** Older facts that it took the place of, newest first, and newer ones that took its place. */
  readonly before: readonly Memory[];
  readonly after: readonly Memory[];
  /** Present when more of any of them follows. */
  readonly nextCursor?: string;
}

/**
 * A page reads no more than it shows, however many versions there are. Throws memory_not_found:
 * missing, foreign or expired. Erased facts end the chain, expired ones leave a gap.
 */
export async function history(
  deps: EngineDeps,
  scope: Scope,
  { memoryId, namespace, limit, cursor }: HistoryRequest,
): Promise<History> {
  const records = openRecords(deps, scope);
  const found = await findCurrent(deps, records, memoryId, namespace);
  const { namespaceNo, row } = found;
  const sealOf = (at: HistoryPlace) => seal(deps, scope, found.namespace, row, at);
  const place = cursor === undefined ? startOf(row) : openCursor(cursor, sealOf);
  const former = await versionsBelow(records, namespaceNo, row.ordinal, place.below, limit);
  const versions = cursor === undefined ? [row, ...former] : former;
  const before = await chain(records, namespaceNo, place.before, 'supersedes', limit);
  const after = await chain(records, namespaceNo, place.after, 'supersededBy', limit);
  const next: HistoryPlace = {
    below: versions.length > limit ? (versions[limit - 1]?.version ?? null) : null,
    before: before[limit]?.id ?? null,
    after: after[limit]?.id ?? null,
  };
  const hasMore = Object.values(next).some((value) => value !== null);
  const now = deps.clock.now();
  const facts = (rows: readonly RecordRow[]) => {
    const alive = rows.slice(0, limit).filter((one) => (one.expiresAt ?? now + 1) > now);
    const memories = alive.map((one) => memoryOf(found.namespace, one));
    return withLiveLinks(deps, scope, memories);
  };
  const shown = await withOps(records, found, versions.slice(0, limit));
  return {
    versions: await withLiveLinks(deps, scope, shown),
    before: await facts(before),
    after: await facts(after),
    ...(hasMore && { nextCursor: encodeHistoryCursor(next, sealOf(next)) }),
  };
}

function startOf({ version, supersedes, supersededBy }: RecordRow): HistoryPlace {
  return { below: version, before: supersedes, after: supersededBy };
}

/** Throws invalid_cursor for the cursor of another history. */
function openCursor(cursor: string, sealOf: (place: HistoryPlace) => string): HistoryPlace {
  const { seal: given, ...place } = decodeHistoryCursor(cursor);
  if (given === sealOf(place)) return place;
  throw new MemoryError('invalid_cursor', 'The cursor belongs to another history; start again.');
}

function seal(
  deps: EngineDeps,
  { tenant }: Scope,
  namespace: NamespaceName,
  { id, ordinal }: RecordRow,
  { below, before, after }: HistoryPlace,
): string {
  const asked = ['history', id, ordinal, below, before, after];
  return deps.hashKey(tenant, namespace, JSON.stringify(asked));
}

/** One more than is shown where more follow. */
async function versionsBelow(
  records: TenantRecords,
  namespaceNo: number,
  ordinal: number,
  below: number | null,
  limit: number,
): Promise<RecordRow[]> {
  return below === null ? [] : records.versions(namespaceNo, ordinal, { below, limit: limit + 1 });
}

/** Follows the links of a chain, at most one step further than is shown. */
async function chain(
  records: TenantRecords,
  namespaceNo: number,
  start: MemoryId | null,
  link: 'supersedes' | 'supersededBy',
  limit: number,
): Promise<RecordRow[]> {
  const rows: RecordRow[] = [];
  let next = start;
  while (next !== null && rows.length <= limit) {
    const row: RecordRow | undefined = (await records.byId([next], namespaceNo))[0]?.row;
    if (row === undefined) break;
    rows.push(row);
    next = row[link];
  }
  return rows;
}

const opNames: Readonly<Record<ChangeOp, VersionOp | null>> = {
  put: 'created',
  patch: 'patched',
  supersede: 'replaced',
  archive: 'archived',
  restore: 'restored',
  expire: 'expired',
  erase: null,
};

/** Each version was made by the change that has its number. */
async function withOps(
  records: TenantRecords,
  { namespaceNo, namespace }: { readonly namespaceNo: number; readonly namespace: NamespaceName },
  rows: readonly RecordRow[],
): Promise<MemoryVersion[]> {
  const generation = (await records.namespace(namespace))?.generation ?? 0;
  const log = records.index(namespaceNo, generation);
  return Promise.all(
    rows.map(async (row) => {
      const [change] = await log.changes(row.seq - 1, 1);
      return { ...memoryOf(namespace, row), op: change ? opNames[change.op] : null };
    }),
  );
}
