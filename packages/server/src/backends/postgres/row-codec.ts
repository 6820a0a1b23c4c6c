/** Between rows of the database and the port's values: the only place that knows both forms. */
import {
  audiences,
  type KeyHash,
  kinds,
  type MemoryColumns,
  type MemoryId,
  type NamespaceName,
  trusts,
} from '../../domain/memory.ts';
import {
  type AnalysisRow,
  type Change,
  changeOps,
  type KeptReceipt,
  type NamespaceInfo,
  type RecordRow,
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

export interface SqlColumns {
  readonly id: Uint8Array;
  readonly version: number;
  readonly kind: number;
  readonly audience: number;
  readonly trust: number;
  readonly key_hash: Uint8Array | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly occurred_at: number;
  readonly valid_from: number | null;
  readonly valid_to: number | null;
  readonly expires_at: number | null;
  readonly superseded_at: number | null;
  readonly supersedes: Uint8Array | null;
  readonly superseded_by: Uint8Array | null;
  readonly archived: boolean;
  readonly pinned: boolean;
  readonly importance: number;
  readonly confidence: number;
}

export interface SqlRow extends SqlColumns {
  readonly ordinal: number;
  readonly seq: number;
}
export interface SqlRecord extends SqlRow {
  readonly body: Uint8Array;
  readonly has_vector: boolean;
}
export interface SqlAnalysis extends SqlRow {
  readonly analysis: Uint8Array | null;
  readonly vectors: Uint8Array | null;
}

export interface SqlNamespace {
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

export interface SqlReceipt {
  readonly part: number;
  readonly fingerprint: Uint8Array;
  readonly note: Uint8Array;
  readonly seq: number | null;
  readonly ordinal: number | null;
  readonly version: number | null;
  readonly created_at: number | null;
  readonly updated_at: number | null;
}

/** As `jsonb_populate_record` reads them; what is undefined is not named. */
export function encodeColumns(columns: Partial<MemoryColumns>): Record<string, unknown> {
  const { kind, audience, trust, keyHash, id, supersedes, supersededBy } = columns;
  return {
    id: id && hexOfId(id),
    kind: kind && kinds.indexOf(kind),
    audience: audience && audiences.indexOf(audience),
    trust: trust && trusts.indexOf(trust),
    key_hash: keyHash && hexOfKeyHash(keyHash),
    occurred_at: columns.occurredAt,
    valid_from: columns.validFrom,
    valid_to: columns.validTo,
    expires_at: columns.expiresAt,
    superseded_at: columns.supersededAt,
    supersedes: supersedes && hexOfId(supersedes),
    superseded_by: supersededBy && hexOfId(supersededBy),
    archived: columns.archived,
    pinned: columns.pinned,
    importance: columns.importance,
    confidence: columns.confidence,
  };
}

export function decodeColumns(row: SqlColumns): MemoryColumns {
  return {
    id: decodeId(row.id),
    version: row.version,
    kind: decodeLabel(kinds, row.kind),
    audience: decodeLabel(audiences, row.audience),
    trust: decodeLabel(trusts, row.trust),
    keyHash: row.key_hash && decodeKeyHash(row.key_hash),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    occurredAt: row.occurred_at,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    expiresAt: row.expires_at,
    supersededAt: row.superseded_at,
    supersedes: row.supersedes && decodeId(row.supersedes),
    supersededBy: row.superseded_by && decodeId(row.superseded_by),
    archived: row.archived,
    pinned: row.pinned,
    importance: row.importance,
    confidence: row.confidence,
  };
}

/** `body` is given apart, because a former version may have that of its successor. */
export function decodeRecord(row: SqlRow, body: Uint8Array, hasVector: boolean): RecordRow {
  const { ordinal, seq } = row;
  return Object.assign(decodeColumns(row), { ordinal, seq, body, hasVector });
}

export function decodeAnalysis(row: SqlAnalysis): AnalysisRow {
  const { ordinal, seq, analysis, vectors } = row;
  return Object.assign(decodeColumns(row), { ordinal, seq, analysis, vectors });
}

export function decodeNamespace(row: SqlNamespace): NamespaceInfo {
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

export function decodeReceipt(id: KeyHash, row: SqlReceipt): KeptReceipt {
  const { part, seq, ordinal, version, created_at: createdAt, updated_at: updatedAt } = row;
  const isSet = seq !== null && ordinal !== null && version !== null;
  const applied =
    isSet && createdAt !== null && updatedAt !== null
      ? { seq, ordinal, version, createdAt, updatedAt }
      : null;
  const note = textOf(row.note);
  return { id, part, fingerprint: decodeKeyHash(row.fingerprint), note, applied };
}

/** Bytes, not text: PostgreSQL has no text with a NUL in it. */
export const textOf = (bytes: Uint8Array): string => bufferOf(bytes).toString('utf8');

const idPattern = /^mem_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** True for an id that can be stored; any other cannot be in the store. */
export function isStorableId(id: string): boolean {
  return idPattern.test(id);
}

/** The 16 bytes of the id's UUID, as PostgreSQL reads bytes. */
export function hexOfId(id: MemoryId): string {
  invariant(isStorableId(id), `a memory id is mem_ and a UUID, not ${id}`);
  return `\\x${id.slice(4).replaceAll('-', '')}`;
}

/** A hash of another form is in no row, and is stored by nobody. */
export function hexOfKeyHash(hash: KeyHash): string {
  invariant(/^[0-9a-f]{32}$/.test(hash), 'a key hash is 32 hex characters');
  return `\\x${hash}`;
}

function decodeId(bytes: Uint8Array): MemoryId {
  const hex = bufferOf(bytes).toString('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return `mem_${groups.join('-')}-${hex.slice(20)}` as MemoryId;
}

export function decodeKeyHash(bytes: Uint8Array): KeyHash {
  return bufferOf(bytes).toString('hex') as KeyHash;
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function decodeLabel<Label extends string>(labels: readonly Label[], index: number): Label {
  const label = labels[index];
  invariant(label !== undefined, `a stored label ${index} is not known`);
  return label;
}
