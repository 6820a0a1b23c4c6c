/** What the rows of SQLite and of PostgreSQL have alike: names, order and meaning of columns. */
import { audiences, type KeyHash, type MemoryId, type NamespaceName } from '../../domain/memory.ts';
import {
  type Change,
  changeOps,
  type KeptReceipt,
  type NamespaceInfo,
} from '../../ports/records.ts';
import { invariant } from '../../util/invariant.ts';

/** Columns that memories and versions share. */
export const sharedColumns = [
  'id',
  'version',
  'kind',
  'audience',
  'trust',
  'key_hash',
  'created_at',
  'updated_at',
  'occurred_at',
  'valid_from',
  'valid_to',
  'expires_at',
  'superseded_at',
  'supersedes',
  'superseded_by',
  'archived',
  'pinned',
  'importance',
  'confidence',
] as const;

export interface NamespaceColumns {
  readonly no: number;
  readonly name: string;
  readonly epoch: number;
  readonly seq: number;
  readonly erase_seq: number;
  readonly arrivals: number;
  readonly memories: number;
  readonly created_at: number;
  readonly changed_at: number;
  readonly generation: number;
}

export interface SqlChange {
  readonly seq: number;
  readonly op: number;
  readonly ordinal: number;
  readonly version: number;
  readonly erased_id: Uint8Array | null;
  readonly erased_audience: number | null;
  readonly erased_at: number | null;
}

export interface ReceiptColumns {
  readonly part: number;
  readonly fingerprint: Uint8Array;
  readonly seq: number | null;
  readonly ordinal: number | null;
  readonly version: number | null;
  readonly created_at: number | null;
  readonly updated_at: number | null;
}

export function decodeNamespace(row: NamespaceColumns): NamespaceInfo {
  return {
    no: row.no,
    name: row.name as NamespaceName,
    epoch: row.epoch,
    seq: row.seq,
    eraseSeq: row.erase_seq,
    arrivals: row.arrivals,
    memories: row.memories,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    generation: row.generation,
  };
}

export function decodeChange(row: SqlChange): Change {
  const { seq, ordinal, version, erased_id: id, erased_audience: audience, erased_at: at } = row;
  const change = { seq, op: decodeLabel(changeOps, row.op), ordinal, version };
  if (id === null || audience === null || at === null) return change;
  const erased = { id: decodeId(id), audience: decodeLabel(audiences, audience), at };
  return { ...change, erased };
}

/** The note is kept in another form by each. */
export function receiptOf(id: KeyHash, row: ReceiptColumns, note: string): KeptReceipt {
  const { part, seq, ordinal, version, created_at: createdAt, updated_at: updatedAt } = row;
  const isSet = seq !== null && ordinal !== null && version !== null;
  const applied =
    isSet && createdAt !== null && updatedAt !== null
      ? { seq, ordinal, version, createdAt, updatedAt }
      : null;
  return { id, part, fingerprint: decodeKeyHash(row.fingerprint), note, applied };
}

const idPattern = /^mem_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** True for an id that can be stored; any other cannot be in the store. */
export function isStorableId(id: string): boolean {
  return idPattern.test(id);
}

/** The 32 hex digits of the id's UUID. */
export function uuidOf(id: MemoryId): string {
  invariant(isStorableId(id), `a memory id is mem_ and a UUID, not ${id}`);
  return id.slice(4).replaceAll('-', '');
}

/** From the 16 bytes of its UUID. */
export function decodeId(bytes: Uint8Array): MemoryId {
  const hex = bufferOf(bytes).toString('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return `mem_${groups.join('-')}-${hex.slice(20)}` as MemoryId;
}

export function decodeKeyHash(bytes: Uint8Array): KeyHash {
  return bufferOf(bytes).toString('hex') as KeyHash;
}

/** The same bytes, not a copy. */
export const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function decodeLabel<Label extends string>(labels: readonly Label[], index: number): Label {
  const label = labels[index];
  invariant(label !== undefined, `a stored label ${index} is not known`);
  return label;
}
