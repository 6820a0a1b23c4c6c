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
  bufferOf,
  decodeId,
  decodeKeyHash,
  decodeLabel,
  type ReceiptColumns,
  receiptOf,
  uuidOf,
} from '../sql/sql-rows.ts';

export {
  decodeChange,
  decodeKeyHash,
  decodeNamespace,
  isStorableId,
  type NamespaceColumns as SqlNamespace,
  type SqlChange,
  sharedColumns,
} from '../sql/sql-rows.ts';

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

export interface SqlReceipt extends ReceiptColumns {
  readonly note: Uint8Array;
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

export const decodeReceipt = (id: KeyHash, row: SqlReceipt): KeptReceipt =>
  receiptOf(id, row, textOf(row.note));

/** Bytes, not text: PostgreSQL has no text with a NUL in it. */
export const textOf = (bytes: Uint8Array): string => bufferOf(bytes).toString('utf8');

/** The 16 bytes of the id's UUID, as PostgreSQL reads bytes. */
export function hexOfId(id: MemoryId): string {
  return `\\x${uuidOf(id)}`;
}

/** A hash of another form is in no row, and is stored by nobody. */
export function hexOfKeyHash(hash: KeyHash): string {
  invariant(/^[0-9a-f]{32}$/.test(hash), 'a key hash is 32 hex characters');
  return `\\x${hash}`;
}
