/** One dream, opened by who may see its namespace. */
import { requireRead } from '../../domain/access.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { MemoryId } from '../../domain/memory.ts';
import type { NamespaceInfo, RecordRow, TenantRecords } from '../../ports/records.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';
import { type DreamPlace, DreamStore } from './dream-store.ts';

export interface OpenDream {
  readonly store: DreamStore;
  readonly place: DreamPlace;
  readonly records: TenantRecords;
  readonly info: NamespaceInfo;
}

/** Throws dream_not_found, also where it is not for the caller to know. */
export async function openDream(
  deps: Pick<EngineDeps, 'records' | 'control'>,
  scope: Scope,
  id: string,
): Promise<OpenDream> {
  const store = new DreamStore(deps.control);
  const place = await store.find(scope.tenant, id);
  const records = openRecords(deps, scope);
  const namespace = place && (await records.nameOf(place.namespaceNo));
  const info = namespace && (await records.namespace(namespace));
  if (!place || !info) throw new MemoryError('dream_not_found');
  requireRead(scope.access, info.name);
  return { store, place, records, info };
}

/** Ids that one read asks for. */
const idsAtOnce = 64;

/** Those that are there. */
export async function rowsById(
  { place, records, info }: RowsPlace,
  ids: Iterable<MemoryId>,
): Promise<Map<MemoryId, RecordRow>> {
  const wanted = [...new Set(ids)];
  const rows = new Map<MemoryId, RecordRow>();
  const turns = createTurns(place.tenant);
  for (let at = 0; at < wanted.length; at += idsAtOnce) {
    const found = await records.byId(wanted.slice(at, at + idsAtOnce), info.no);
    for (const { row } of found) rows.set(row.id, row);
    if (turns.due()) await turns.next();
  }
  return rows;
}

interface RowsPlace {
  readonly place: Pick<DreamPlace, 'tenant'>;
  readonly records: TenantRecords;
  readonly info: Pick<NamespaceInfo, 'no'>;
}
