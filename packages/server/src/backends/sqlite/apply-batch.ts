/** Applies one batch to a namespace, inside the writer's transaction. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import {
  audiences,
  type KeyHash,
  type MemoryColumns,
  type NamespaceName,
  type TenantId,
} from '../../domain/memory.ts';
import {
  type Applied,
  type Batch,
  type ChangeOp,
  type CommitResult,
  changeOps,
  type EraseOp,
  type KeyExpectation,
  type PutOp,
  type RowVectors,
  type UpdateOp,
} from '../../ports/records.ts';
import { bodyBytesOf } from '../../ports/stored-bytes.ts';
import { applyDocuments } from './apply-control.ts';
import { checkReceipts, keepReceipts } from './apply-receipts.ts';
import type { Connection } from './connection.ts';
import { ExpectationFailed } from './expectation-failed.ts';
import { OverStoredBytes } from './over-stored-bytes.ts';
import { readerSql } from './reader.ts';
import {
  decodeColumns,
  decodeNamespace,
  encodeColumns,
  encodeId,
  encodeKeyHash,
  ordinalOf,
  rowOf,
  type SqlMemory,
  type SqlNamespace,
  sharedColumns,
} from './row-codec.ts';

interface Target {
  readonly db: Connection;
  readonly no: number;
  /** The time of every change of the batch: never before the namespace's newest. */
  readonly at: number;
  seq: number;
  eraseSeq: number;
  nextOrdinal: number;
  memories: number;
  storedBytes: number;
}

const names = sharedColumns.join(', ');
const marks = (count: number): string => Array(count).fill('?').join(', ');

export const batchSql = {
  namespace: 'SELECT * FROM namespaces WHERE tenant = ? AND name = ?',
  newNamespace: `INSERT INTO namespaces
    (tenant, name, epoch, seq, erase_seq, next_ordinal, memories, created_at, changed_at,
    generation) VALUES (?1, ?2, 1, 0, 0, 1, 0, ?3, ?3,
    iif(EXISTS (SELECT 1 FROM closed_generations WHERE generation = ?4), 0, ?4))`,
  saveNamespace: `UPDATE namespaces
    SET seq = ?, erase_seq = ?, next_ordinal = ?, memories = ?, stored_bytes = ?, changed_at = ?
    WHERE no = ?`,
  rowBytes: `SELECT length(body) + coalesce((SELECT sum(length(body)) FROM versions
    WHERE versions.row = memories.row), 0) AS total FROM memories WHERE row = ?`,
  currentFact: `SELECT row, version FROM memories
    WHERE namespace_no = ? AND key_hash = ? AND kind = 1 AND archived = 0
    AND superseded_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
    ORDER BY row DESC LIMIT 1`,
  hasId: 'SELECT 1 FROM memories WHERE id = ? AND namespace_no = ?',
  insert: `INSERT INTO memories (row, namespace_no, seq, ${names}, body)
    VALUES (${marks(sharedColumns.length + 4)})`,
  row: `SELECT row, seq, ${names} FROM memories WHERE row = ?`,
  keepVersion: `INSERT INTO versions (row, seq, ${names}, body)
    SELECT row, seq, ${names}, CASE WHEN ?2 THEN body END FROM memories WHERE row = ?1`,
  update: `UPDATE memories SET seq = ?, ${sharedColumns.map((name) => `${name} = ?`).join(', ')}
    WHERE row = ?`,
  updateBody: 'UPDATE memories SET body = ? WHERE row = ?',
  saveAnalysis: 'INSERT OR REPLACE INTO analyses (row, analysis) VALUES (?, ?)',
  dropAnalysis: 'DELETE FROM analyses WHERE row = ?',
  saveVectors: `INSERT OR REPLACE INTO vectors (row, generation, namespace_no, vectors)
    VALUES (?, ?, ?, ?)`,
  staleVectors: 'UPDATE vectors SET vectors = NULL, arrival = NULL WHERE row = ?',
  dropVectors: 'DELETE FROM vectors WHERE row = ?',
  dropRow: 'DELETE FROM memories WHERE row = ?',
  dropVersions: 'DELETE FROM versions WHERE row = ?',
  dropSegments: `DELETE FROM segments
    WHERE namespace_no = ?1 AND ordinal_min <= ?2 AND ordinal_max >= ?2`,
  change: 'INSERT INTO changes (namespace_no, seq, op, ordinal, version) VALUES (?, ?, ?, ?, ?)',
  tellErased: `UPDATE changes SET erased_id = ?, erased_audience = ?, erased_at = ?
    WHERE namespace_no = ? AND seq = ?`,
  addTurns: `INSERT INTO threads (namespace_no, key_hash, turns) VALUES (?1, ?2, ?3)
    ON CONFLICT (namespace_no, key_hash) DO UPDATE SET turns = turns + ?3`,
  dropThread: 'DELETE FROM threads WHERE namespace_no = ? AND key_hash = ? AND turns = 0',
};

interface BatchRequest {
  readonly tenant: TenantId;
  readonly name: NamespaceName;
  readonly batch: Batch;
  readonly now: number;
}

/** Throws {@link ExpectationFailed}, `AlreadyDone`, and SQLite's errors. */
export function applyBatch(db: Connection, request: BatchRequest): CommitResult {
  const { tenant, now } = request;
  const receipts = request.batch.receipts ?? [];
  checkReceipts(db, tenant, receipts, now);
  const added = bodyBytesOf(request.batch.ops);
  checkStoredBytes(db, request, added);
  const found = openNamespace(db, request);
  for (const expected of request.batch.expect ?? []) {
    checkExpectation(db, found.no, expected, request.now);
  }
  for (const { ordinal, version } of request.batch.unchanged ?? []) {
    readExpected({ db, no: found.no }, { ordinal, expectedVersion: version });
  }
  const at = Math.max(request.now, found.changed_at);
  const target: Target = {
    db,
    no: found.no,
    at,
    seq: found.seq,
    eraseSeq: found.erase_seq,
    nextOrdinal: found.next_ordinal,
    memories: found.memories,
    storedBytes: found.stored_bytes + added,
  };
  const applied = request.batch.ops.map((op) => {
    if (op.op === 'put') return put(target, op);
    return op.op === 'erase' ? erase(target, op) : update(target, op);
  });
  keepReceipts(db, tenant, receipts, applied, now);
  applyDocuments(db, request.batch.documents ?? [], { seq: target.seq, at });
  const { seq, eraseSeq, nextOrdinal, memories, storedBytes } = target;
  const changedAt = applied.length > 0 ? at : found.changed_at;
  const sizes = [nextOrdinal, memories, storedBytes] as const;
  db.run(batchSql.saveNamespace, seq, eraseSeq, ...sizes, changedAt, found.no);
  const counters = { seq, erase_seq: eraseSeq, memories, changed_at: changedAt };
  return { ok: true, namespace: decodeNamespace({ ...found, ...counters }), applied };
}

function checkStoredBytes(db: Connection, { tenant, batch }: BatchRequest, added: number): void {
  const { storedBytesMax: most } = batch;
  if (most === undefined || added === 0) return;
  const total = db.get<{ total: number | null }>(readerSql.storedBytes, tenant)?.total ?? 0;
  if (total + added > most) throw new OverStoredBytes(total);
}

function openNamespace(db: Connection, { tenant, name, batch, now }: BatchRequest): SqlNamespace {
  const known = db.get<SqlNamespace>(batchSql.namespace, tenant, name);
  if (known) return known;
  db.run(batchSql.newNamespace, tenant, name, now, batch.generation ?? 0);
  const made = db.get<SqlNamespace>(batchSql.namespace, tenant, name);
  if (made && made.no <= limits.namespacesMax) return made;
  throw new MemoryError('too_many_items', 'The store holds as many namespaces as it can.');
}

function checkExpectation(
  db: Connection,
  no: number,
  { keyHash, fact }: KeyExpectation,
  now: number,
): void {
  const hash = encodeKeyHash(keyHash);
  const current = db.get<{ row: number; version: number }>(batchSql.currentFact, no, hash, now);
  const holds =
    current === undefined
      ? fact === null
      : fact?.ordinal === ordinalOf(current.row) && fact.version === current.version;
  if (!holds) throw new ExpectationFailed();
}

function put(target: Target, op: PutOp): Applied {
  const { db, no, at } = target;
  if (db.get(batchSql.hasId, encodeId(op.columns.id), no)) throw new ExpectationFailed();
  const ordinal = target.nextOrdinal++;
  if (ordinal > limits.ordinalMax) {
    throw new MemoryError('too_many_items', 'The namespace holds as many memories as it can.');
  }
  const columns: MemoryColumns = {
    supersededAt: null,
    supersededBy: null,
    ...op.columns,
    version: op.version ?? 1,
    createdAt: at,
    updatedAt: at,
  };
  const row = rowOf(no, ordinal);
  const change = addChange(target, 'put', ordinal, columns);
  db.run(batchSql.insert, row, no, change.seq, ...encodeColumns(columns), op.body);
  if (op.analysis) db.run(batchSql.saveAnalysis, row, op.analysis);
  saveVectors(target, row, op.vectors);
  countTurns(target, null, columns);
  target.memories++;
  return change;
}

function update(target: Target, op: UpdateOp): Applied {
  const { db } = target;
  const { row, columns: before } = readExpected(target, op);
  const version = before.version + 1;
  const columns = { ...before, ...definedOnly(op.columns), version, updatedAt: target.at };
  db.run(batchSql.keepVersion, row, op.body ? 1 : 0);
  const change = addChange(target, op.op, op.ordinal, columns);
  db.run(batchSql.update, change.seq, ...encodeColumns(columns), row);
  if (op.body) db.run(batchSql.updateBody, op.body, row);
  if (op.analysis) db.run(batchSql.saveAnalysis, row, op.analysis);
  // An analysis of the former body must not outlive it.
  else if (op.analysis === null || op.body) db.run(batchSql.dropAnalysis, row);
  if (op.body && !op.keepsVectors) db.run(batchSql.staleVectors, row);
  saveVectors(target, row, op.vectors ?? []);
  countTurns(target, before, columns);
  return change;
}

function erase(target: Target, op: EraseOp): Applied {
  const { db } = target;
  const { row, columns } = readExpected(target, op);
  target.storedBytes -= db.get<{ total: number }>(batchSql.rowBytes, row)?.total ?? 0;
  db.run(batchSql.dropRow, row);
  db.run(batchSql.dropVersions, row);
  db.run(batchSql.dropAnalysis, row);
  db.run(batchSql.dropVectors, row);
  db.run(batchSql.dropSegments, target.no, op.ordinal);
  countTurns(target, columns, null);
  target.memories--;
  const last = { ...columns, version: columns.version + 1, updatedAt: target.at };
  const change = addChange(target, 'erase', op.ordinal, last);
  target.eraseSeq = change.seq;
  const told = [encodeId(columns.id), audiences.indexOf(columns.audience), target.at] as const;
  db.run(batchSql.tellErased, ...told, target.no, change.seq);
  return change;
}

/** They come with their row, so that no index has to be told apart. */
function saveVectors({ db, no }: Target, row: number, vectors: readonly RowVectors[]): void {
  for (const { generation, vectors: made } of vectors) {
    db.run(batchSql.saveVectors, row, generation, no, made);
  }
}

function readExpected(
  target: Pick<Target, 'db' | 'no'>,
  op: Pick<UpdateOp, 'ordinal' | 'expectedVersion'>,
): { row: number; columns: MemoryColumns } {
  const row = rowOf(target.no, op.ordinal);
  const found = target.db.getTuple<SqlMemory>(batchSql.row, row);
  const columns = found && decodeColumns(found);
  if (columns?.version !== op.expectedVersion) throw new ExpectationFailed();
  return { row, columns };
}

function addChange(
  target: Target,
  op: ChangeOp,
  ordinal: number,
  { version, createdAt, updatedAt }: MemoryColumns,
): Applied {
  const seq = ++target.seq;
  target.db.run(batchSql.change, target.no, seq, changeOps.indexOf(op), ordinal, version);
  return { seq, ordinal, version, createdAt, updatedAt };
}

/** Keeps the count of live turns of a thread, so that no reader ever has to count them. */
function countTurns(
  target: Target,
  before: MemoryColumns | null,
  after: MemoryColumns | null,
): void {
  const left = before && threadOf(before);
  const joined = after && threadOf(after);
  if (left === joined) return;
  if (joined) target.db.run(batchSql.addTurns, target.no, encodeKeyHash(joined), 1);
  if (!left) return;
  const hash = encodeKeyHash(left);
  target.db.run(batchSql.addTurns, target.no, hash, -1);
  target.db.run(batchSql.dropThread, target.no, hash);
}

function threadOf({ kind, archived, supersededAt, keyHash }: MemoryColumns): KeyHash | null {
  return kind === 'episode' && !archived && supersededAt === null ? keyHash : null;
}

/** A field that is present but undefined counts as not named. */
function definedOnly(columns: UpdateOp['columns'] = {}): NonNullable<UpdateOp['columns']> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}
