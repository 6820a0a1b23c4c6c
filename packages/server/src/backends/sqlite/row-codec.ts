/** Between rows of the database and the port's values: the only place that knows both forms. */
import {
  audiences,
  type KeyHash,
  kinds,
  type MemoryColumns,
  type MemoryId,
  trusts,
} from '../../domain/memory.ts';
import type { AnalysisRow, KeptReceipt, RecordRow } from '../../ports/records.ts';
import { invariant } from '../../util/invariant.ts';
import {
  decodeId,
  decodeKeyHash,
  decodeLabel,
  type NamespaceColumns,
  type ReceiptColumns,
  receiptOf,
  uuidOf,
} from '../sql/sql-rows.ts';
import type { SqlValue } from './connection.ts';

export {
  decodeChange,
  decodeNamespace,
  isStorableId,
  type SqlChange,
  sharedColumns,
} from '../sql/sql-rows.ts';

/** rowid = namespace number * 2^32 + ordinal. */
const ordinalSpan = 2 ** 32;

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

export interface SqlNamespace extends NamespaceColumns {
  readonly tenant: string;
  readonly next_ordinal: number;
  readonly stored_bytes: number;
}

export interface SqlReceipt extends ReceiptColumns {
  readonly note: string;
}

export const rowOf = (namespaceNo: number, ordinal: number): number =>
  namespaceNo * ordinalSpan + ordinal;

export const ordinalOf = (row: number): number => row % ordinalSpan;

export const namespaceOf = (row: number): number => Math.floor(row / ordinalSpan);

/** Values for `sharedColumns`, in their order. */
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

export const decodeReceipt = (id: KeyHash, row: SqlReceipt): KeptReceipt =>
  receiptOf(id, row, row.note);

/** The 16 bytes of the id's UUID. */
export function encodeId(id: MemoryId): Uint8Array {
  return Buffer.from(uuidOf(id), 'hex');
}

/** A hash of another form is in no row, and is stored by nobody. */
export function encodeKeyHash(hash: KeyHash): Uint8Array {
  const bytes = Buffer.from(hash, 'hex');
  invariant(bytes.length === 16 && hash.length === 32, 'a key hash is 32 hex characters');
  return bytes;
}
