/** Which operations bring one memory of a file into the namespace. */
import { decodeBody, encodeBody } from '../../domain/body-codec.ts';
import { linksField } from '../../domain/links.ts';
import type { MemoryId } from '../../domain/memory.ts';
import type { KeyExpectation, PutOp, RecordOp, RecordRow } from '../../ports/records.ts';
import { stricter } from '../hygiene/judge.ts';
import type { PreparedStore } from '../store/prepare.ts';
import type { ImportItem } from './import-item.ts';

export interface ImportPlan {
  readonly id: MemoryId;
  readonly ops: readonly RecordOp[];
  readonly expect: readonly KeyExpectation[];
  /** A fact that was there gives way. */
  readonly replaces: boolean;
}

export interface ImportPlace {
  readonly id: MemoryId;
  readonly now: number;
  /** The key's current fact; undefined where it is not asked for. */
  readonly current: RecordRow | null | undefined;
  /** The file says so of the memory and `current`, over others that came between them. */
  readonly succeedsCurrent: boolean;
  /** From an id of the file to one of the namespace. */
  readonly resolve: (id: MemoryId) => MemoryId;
}

/** Whether the memory states what holds under its key now. */
export function replacesFact(
  { state, input: { expiresAt } }: ImportItem,
  { intent, keyHash }: PreparedStore,
  now: number,
): boolean {
  if (keyHash === null) return false;
  if (!state) return intent.replaces;
  const isExpired = expiresAt != null && expiresAt <= now;
  return state.kind === 'fact' && !state.archived && !isSuperseded(state) && !isExpired;
}

export function planImport(
  item: ImportItem,
  prepared: PreparedStore,
  place: ImportPlace,
): ImportPlan {
  const { id, now, current } = place;
  const { keyHash } = prepared;
  const put = putOf(item, prepared, place);
  if (current === undefined || keyHash === null) {
    return { id, ops: [put], expect: [], replaces: false };
  }
  const fact = current && { ordinal: current.ordinal, version: current.version };
  const expect = [{ keyHash, fact }];
  if (current === null || standsBeside(item, current, place)) {
    return { id, ops: [put], expect, replaces: false };
  }
  const retire: RecordOp = {
    op: 'supersede',
    ordinal: current.ordinal,
    expectedVersion: current.version,
    columns: { supersededAt: now, supersededBy: id },
  };
  const columns = { ...put.columns, supersedes: put.columns.supersedes ?? current.id };
  const version = Math.max(put.version ?? 1, current.version + 1);
  return { id, ops: [{ ...put, version, columns }, retire], expect, replaces: true };
}

/** Facts of one export that were both current there stay so; only a successor replaces. */
function standsBeside(
  { state, imported }: ImportItem,
  current: RecordRow,
  { succeedsCurrent }: ImportPlace,
): boolean {
  if (!state || succeedsCurrent) return false;
  return decodeBody(current.body).imported?.from === imported.from;
}

function putOf({ state, imported }: ImportItem, prepared: PreparedStore, place: ImportPlace) {
  const { id, now, resolve } = place;
  const derivedFrom = state?.derivedFrom.map(resolve) ?? [];
  const echo = state?.echoOf ? { echoOf: resolve(state.echoOf) } : {};
  const links = state?.links.map((link) => ({ type: link.type, id: resolve(link.id) }));
  const origins = { ...echo, ...linksField(links), derivedFrom, imported };
  const body = encodeBody({ ...prepared.body, ...origins });
  const put: PutOp = { ...prepared.put, body, columns: { ...prepared.put.columns, id } };
  if (!state) return put;
  const { kind, trust, version, archived, supersedes, supersededBy } = state;
  const columns = {
    ...put.columns,
    kind,
    // A file can say that a memory is not to be trusted, and never that it is.
    trust: stricter(trust, put.columns.trust),
    archived,
    supersedes: supersedes && resolve(supersedes),
    supersededBy: supersededBy && resolve(supersededBy),
    supersededAt: isSuperseded(state) ? Math.min(state.supersededAt ?? now, now) : null,
  };
  return { ...put, version, columns };
}

function isSuperseded({ supersededBy, supersededAt }: NonNullable<ImportItem['state']>): boolean {
  return supersededBy !== null || supersededAt !== null;
}
