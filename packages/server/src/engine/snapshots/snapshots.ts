/** Snapshots: marks in a namespace's history, without content. Every version is kept anyway. */
import { MemoryError } from '../../domain/errors.ts';
import { makeId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { NamespaceInfo, TenantRecords } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';

/** As it lies in control. Times are milliseconds since 1970 UTC. */
export interface StoredSnapshot {
  readonly name: string;
  /** The newest change that it knows. */
  readonly seq: number;
  readonly memories: number;
  readonly createdAt: number;
  /** A restore that has begun and not ended. */
  readonly restoring?: Restoring;
}

export interface Restoring {
  /** The newest change when it began: what came later is left as it is. */
  readonly seq: number;
  /** The snapshot of the state before. */
  readonly before: string;
}

export interface Snapshot extends StoredSnapshot {
  readonly id: string;
}

export interface OpenSnapshot {
  readonly records: TenantRecords;
  readonly info: NamespaceInfo;
  readonly snapshot: Snapshot;
  /** Of the control document. */
  readonly documentVersion: number;
}

export async function createSnapshot(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  name: string,
): Promise<Snapshot> {
  return putSnapshot(deps, scope, await infoOf(deps, scope, namespace), name);
}

/** Of the namespace as `info` tells it. Throws too_many_items, and namespace_not_found. */
export async function putSnapshot(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  name: string,
): Promise<Snapshot> {
  const kept = await deps.control.list(prefixOf(scope, info));
  if (kept.length >= limits.snapshotsMax) {
    const message = `A namespace keeps ${limits.snapshotsMax} snapshots; delete one first.`;
    throw new MemoryError('too_many_items', message);
  }
  const { seq, memories } = info;
  const createdAt = deps.clock.now();
  const stored: StoredSnapshot = { name, seq, memories, createdAt };
  const id = makeId('snap', createdAt, deps.clock.randomBytes(10));
  const key = prefixOf(scope, info) + id;
  await deps.control.putIfVersion(key, JSON.stringify(stored), 0);
  // A namespace that is forgotten takes its marks along; one that comes behind it would stay.
  if ((await openRecords(deps, scope).nameOf(info.no)) === undefined) {
    await deps.control.delete(key);
    throw new MemoryError('namespace_not_found');
  }
  return { ...stored, id };
}

/** In the order in which they were made. */
export async function listSnapshots(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
): Promise<Snapshot[]> {
  const prefix = prefixOf(scope, await infoOf(deps, scope, namespace));
  const documents = await deps.control.list(prefix);
  return documents
    .map(({ key, value }) => ({ ...parse(value), id: key.slice(prefix.length) }))
    .sort((a, b) => a.createdAt - b.createdAt || a.seq - b.seq);
}

/** The memories stay as they are: only the mark is gone. */
export async function deleteSnapshot(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  id: string,
): Promise<void> {
  const info = await infoOf(deps, scope, namespace);
  const isGone = await deps.control.delete(prefixOf(scope, info) + id);
  if (!isGone) throw new MemoryError('snapshot_not_found');
}

/** Throws namespace_not_found and snapshot_not_found. */
export async function openSnapshot(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  id: string,
): Promise<OpenSnapshot> {
  // The log is read by number: only of the handle that has opened the namespace by its name.
  const records = openRecords(deps, scope);
  const info = await infoIn(records, namespace);
  const document = await deps.control.get(prefixOf(scope, info) + id);
  if (!document) throw new MemoryError('snapshot_not_found');
  const snapshot = { ...parse(document.value), id };
  return { records, info, snapshot, documentVersion: document.version };
}

/** Undefined ends the restore. Throws version_conflict when somebody else wrote the mark. */
export async function markRestoring(
  deps: EngineDeps,
  scope: Scope,
  { info, snapshot, documentVersion }: OpenSnapshot,
  restoring: Restoring | undefined,
): Promise<number> {
  const { id, restoring: _before, ...stored } = snapshot;
  const value = JSON.stringify({ ...stored, ...(restoring && { restoring }) });
  const key = prefixOf(scope, info) + id;
  const version = await deps.control.putIfVersion(key, value, documentVersion);
  if (version !== undefined) return version;
  throw new MemoryError('version_conflict', 'The snapshot is being restored or was deleted.');
}

function infoOf(deps: EngineDeps, scope: Scope, namespace: NamespaceName): Promise<NamespaceInfo> {
  return infoIn(openRecords(deps, scope), namespace);
}

async function infoIn(records: TenantRecords, namespace: NamespaceName): Promise<NamespaceInfo> {
  const info = await records.namespace(namespace);
  if (!info) throw new MemoryError('namespace_not_found');
  return info;
}

function prefixOf({ tenant }: Scope, { no }: NamespaceInfo): string {
  return snapshotPrefix(tenant, no);
}

/** Of the keys of a namespace's snapshots. */
export function snapshotPrefix(tenant: TenantId, namespaceNo: number): string {
  return `snapshots/${encodeURIComponent(tenant)}/${namespaceNo}/`;
}

function parse(value: string): StoredSnapshot {
  return JSON.parse(value);
}
