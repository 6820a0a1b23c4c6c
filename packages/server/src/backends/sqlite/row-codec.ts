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
import type { SqlValue } from './connection.ts';

/** rowid = namespace number * 2^32 + ordinal. */
const ordinalSpan = 2 ** 32;

/** Columns that memories and versions share, in the order of {@link encodeColumns}. */
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

/** Start of a row of memories or versions: `SELECT row, seq, ...sharedColumns`. */
export type SqlMemory = readonly [
  row: number,
  seq: number,
  id: Uint8Array,
  version: number,
  kind: number,
  audience: number,
  trust: number,
  keyHash: Uint8Array | null,
  createdAt: number,
  updatedAt: number,
  occurredAt: number,
  validFrom: number | null,
  validTo: number | null,
  expiresAt: number | null,
  supersededAt: number | null,
  supersedes: Uint8Array | null,
  supersededBy: Uint8Array | null,
  archived: number,
  pinned: number,
  importance: number,
  confidence: number,
];
/** Place of what follows {@link SqlMemory} in a row; a literal, so that its type is known. */
export const afterMemory = 21;
const afterAnalysis = 22;

export interface SqlNamespace {
  readonly no: number;
  readonly tenant: string;
  readonly name: string;
  readonly epoch: number;
  readonly seq: number;
  readonly erase_seq: number;
  readonly next_ordinal: number;
  readonly memories: number;
  readonly created_at: number;
  readonly changed_at: number;
  readonly generation: number;
  readonly arrivals: number;
  readonly stored_bytes: number;
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
  readonly note: string;
  readonly seq: number | null;
  readonly ordinal: number | null;
  readonly version: number | null;
  readonly created_at: number | null;
  readonly updated_at: number | null;
}

export const rowOf = (namespaceNo: number, ordinal: number): number =>
  namespaceNo * ordinalSpan + ordinal;

export const ordinalOf = (row: number): number => row % ordinalSpan;

export const namespaceOf = (row: number): number => Math.floor(row / ordinalSpan);

/** Values for {@link sharedColumns}. */
export function encodeColumns(columns: MemoryColumns): SqlValue[] {
  return [
    encodeId(columns.id),
    columns.version,
    kinds.indexOf(columns.kind),
    audiences.indexOf(columns.audience),
    trusts.indexOf(columns.trust),
    columns.keyHash === null ? null : encodeKeyHash(columns.keyHash),
    columns.createdAt,
    columns.updatedAt,
    columns.occurredAt,
    columns.validFrom,
    columns.validTo,
    columns.expiresAt,
    columns.supersededAt,
    columns.supersedes === null ? null : encodeId(columns.supersedes),
    columns.supersededBy === null ? null : encodeId(columns.supersededBy),
    Number(columns.archived),
    Number(columns.pinned),
    columns.importance,
    columns.confidence,
  ];
}

export function decodeColumns([
  ,
  ,
  id,
  version,
  kind,
  audience,
  trust,
  keyHash,
  createdAt,
  updatedAt,
  occurredAt,
  validFrom,
  validTo,
  expiresAt,
  supersededAt,
  supersedes,
  supersededBy,
  archived,
  pinned,
  importance,
  confidence,
]: readonly [...SqlMemory, ...SqlValue[]]): MemoryColumns {
  return {
    id: decodeId(id),
    version,
    kind: decodeLabel(kinds, kind),
    audience: decodeLabel(audiences, audience),
    trust: decodeLabel(trusts, trust),
    keyHash: keyHash && decodeKeyHash(keyHash),
    createdAt,
    updatedAt,
    occurredAt,
    validFrom,
    validTo,
    expiresAt,
    supersededAt,
    supersedes: supersedes && decodeId(supersedes),
    supersededBy: supersededBy && decodeId(supersededBy),
    archived: archived === 1,
    pinned: pinned === 1,
    importance,
    confidence,
  };
}

/** `body` is given apart, because a former version may have that of its successor. */
export function decodeRecord(
  row: readonly [...SqlMemory, ...SqlValue[]],
  body: Uint8Array,
  hasVector: boolean,
): RecordRow {
  return placed(row, { ordinal: ordinalOf(row[0]), seq: row[1], body, hasVector });
}

export function decodeAnalysis(
  row: readonly [...SqlMemory, analysis: Uint8Array | null, vectors: Uint8Array | null],
): AnalysisRow {
  const [analysis, vectors] = [row[afterMemory], row[afterAnalysis]];
  return placed(row, { ordinal: ordinalOf(row[0]), seq: row[1], analysis, vectors });
}

/** Columns and place in one object; spreading objects this wide took ten times as long. */
function placed<Place extends object>(
  row: readonly [...SqlMemory, ...SqlValue[]],
  place: Place,
): MemoryColumns & Place {
  return Object.assign(decodeColumns(row), place);
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
  return {
    ...change,
    erased: { id: decodeId(id), audience: decodeLabel(audiences, audience), at },
  };
}

export function decodeReceipt(id: KeyHash, row: SqlReceipt): KeptReceipt {
  const { part, note, seq, ordinal, version, created_at: createdAt, updated_at: updatedAt } = row;
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

/** The 16 bytes of the id's UUID. */
export function encodeId(id: MemoryId): Uint8Array {
  invariant(isStorableId(id), `a memory id is mem_ and a UUID, not ${id}`);
  return Buffer.from(id.slice(4).replaceAll('-', ''), 'hex');
}

function decodeId(bytes: Uint8Array): MemoryId {
  const hex = hexOf(bytes);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return `mem_${groups.join('-')}-${hex.slice(20)}` as MemoryId;
}

/** A hash of another form is in no row, and is stored by nobody. */
export function encodeKeyHash(hash: KeyHash): Uint8Array {
  const bytes = Buffer.from(hash, 'hex');
  invariant(bytes.length === 16 && hash.length === 32, 'a key hash is 32 hex characters');
  return bytes;
}

function decodeKeyHash(bytes: Uint8Array): KeyHash {
  return hexOf(bytes) as KeyHash;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function decodeLabel<Label extends string>(labels: readonly Label[], index: number): Label {
  const label = labels[index];
  invariant(label !== undefined, `a stored label ${index} is not known`);
  return label;
}
