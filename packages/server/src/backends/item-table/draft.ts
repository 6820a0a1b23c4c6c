/** A namespace while a write to it is planned: what was read of it, and what is to become of it. */

import { limits } from '../../domain/limits.ts';
import type { KeyHash, MemoryId } from '../../domain/memory.ts';
import type {
  Applied,
  Batch,
  Change,
  ChangeOp,
  ErasedRow,
  KeyExpectation,
  PutOp,
  RecordOp,
  RowVectors,
  UpdateOp,
} from '../../ports/records.ts';
import { invariant } from '../../util/invariant.ts';
import { newUpload, type Upload } from './blob-store.ts';
import type { Head } from './head-codec.ts';
import { factKeyOf, threadOf } from './lookups.ts';
import {
  type Blob,
  isRef,
  lengthOf,
  type StoredRow,
  type StoredVectors,
  type StoredVersion,
} from './row-codec.ts';

/** A live fact of a key. */
export interface FactMark {
  readonly version: number;
  readonly expiresAt: number | null;
}

/** What a draft begins with: all that the batches speak of, as it is in the table. */
export interface Loaded {
  readonly head: Head;
  readonly rows: ReadonlyMap<number, StoredRow>;
  readonly ids: ReadonlySet<MemoryId>;
  readonly facts: ReadonlyMap<KeyHash, ReadonlyMap<number, FactMark>>;
  readonly turns: ReadonlyMap<KeyHash, number>;
}

/** A body of more bytes lies apart: an item has 400 KB at most, and analysis and vectors grow. */
const bodyBytesMax = 100 * 1024;

const waiting: StoredVectors = { vectors: null, arrival: null };

export class Draft {
  head: Head;
  /** As they were read; null for what was not there. */
  readonly before = new Map<number, StoredRow | null>();
  /** As they are to be; null for what is erased. */
  readonly rows = new Map<number, StoredRow | null>();
  readonly changes: Change[] = [];
  readonly versions: StoredVersion[] = [];
  /** Bodies that lie apart. */
  readonly uploads: Upload[] = [];
  readonly turnsBefore: ReadonlyMap<KeyHash, number>;
  readonly turns: Map<KeyHash, number>;
  readonly #ids: Set<MemoryId>;
  readonly #facts: Map<KeyHash, Map<number, FactMark>>;

  constructor({ head, rows, ids, facts, turns }: Loaded) {
    this.head = head;
    for (const [ordinal, row] of rows) {
      this.before.set(ordinal, row);
      this.rows.set(ordinal, row);
    }
    this.#ids = new Set(ids);
    this.#facts = new Map([...facts].map(([hash, marks]) => [hash, new Map(marks)]));
    this.turnsBefore = turns;
    this.turns = new Map(turns);
  }

  row(ordinal: number): StoredRow | undefined {
    return this.rows.get(ordinal) ?? undefined;
  }

  /** Applies a batch, or gives what it was refused for and leaves everything as it is. */
  apply(batch: Batch, now: number): Applied[] | 'refused' | 'full' {
    const holds =
      (batch.expect ?? []).every((expected) => this.#meets(expected, now)) &&
      (batch.unchanged ?? []).every(
        ({ ordinal, version }) => this.row(ordinal)?.columns.version === version,
      ) &&
      this.#fits(batch.ops);
    if (!holds) return 'refused';
    const puts = batch.ops.filter(({ op }) => op === 'put').length;
    if (this.head.nextOrdinal + puts - 1 > limits.ordinalMax) return 'full';
    const at = Math.max(now, this.head.changedAt);
    return batch.ops.map((op) => {
      this.head = { ...this.head, changedAt: at };
      if (op.op === 'put') return this.#put(op, at);
      return op.op === 'erase' ? this.#erase(op.ordinal, at) : this.#update(op, at);
    });
  }

  /** Another form of a row that is no change: what a reader may see stays the same. */
  derive(ordinal: number, derived: Pick<StoredRow, 'analysis' | 'vectors'>): void {
    const row = this.row(ordinal);
    invariant(row, 'what is derived has a row');
    this.rows.set(ordinal, { ...row, ...derived });
  }

  /** A row of another store, as it is there: the head knows of it. */
  place(row: Omit<StoredRow, 'body'>, body: Uint8Array): void {
    this.#set({ ...row, body: this.#keep(body) });
  }

  /** A former version of a row, as it is in another store. */
  placeVersion(version: Omit<StoredVersion, 'body'>, bytes: Uint8Array | null): void {
    const row = this.row(version.ordinal);
    invariant(row, 'a version comes after its row');
    const body = bytes && this.#keep(bytes);
    this.versions.push({ ...version, body });
    this.#set({
      ...row,
      firstVersion: Math.min(row.firstVersion, version.columns.version),
      bodyBytes: row.bodyBytes + (bytes?.byteLength ?? 0),
      formerBlobs: isRef(body) ? [...row.formerBlobs, body] : row.formerBlobs,
    });
  }

  nextArrival(): number {
    const arrivals = this.head.arrivals + 1;
    this.head = { ...this.head, arrivals };
    return arrivals;
  }

  #meets({ keyHash, fact }: KeyExpectation, now: number): boolean {
    const marks = [...(this.#facts.get(keyHash) ?? [])].filter(
      ([, { expiresAt }]) => expiresAt === null || expiresAt > now,
    );
    const [current] = marks.sort(([a], [b]) => b - a);
    if (!current) return fact === null;
    return fact?.ordinal === current[0] && fact.version === current[1].version;
  }

  /** Walks through the ops without applying them: versions expected, ids new. */
  #fits(ops: readonly RecordOp[]): boolean {
    // What the ops before have made of a row, and of an id; null: it is gone.
    const versions = new Map<number, number | null>();
    const ids = new Map<MemoryId, boolean>();
    const made = new Map<number, MemoryId>();
    let next = this.head.nextOrdinal;
    for (const op of ops) {
      if (op.op === 'put') {
        const { id } = op.columns;
        if (ids.get(id) ?? this.#ids.has(id)) return false;
        versions.set(next, op.version ?? 1);
        made.set(next++, id);
        ids.set(id, true);
        continue;
      }
      const { ordinal, expectedVersion } = op;
      const columns = this.row(ordinal)?.columns;
      const known = versions.get(ordinal);
      if ((known === undefined ? columns?.version : known) !== expectedVersion) return false;
      versions.set(ordinal, op.op === 'erase' ? null : expectedVersion + 1);
      const id = columns?.id ?? made.get(ordinal);
      if (op.op === 'erase' && id !== undefined) ids.set(id, false);
    }
    return true;
  }

  #put({ columns, body, analysis, vectors, version = 1 }: PutOp, at: number): Applied {
    const ordinal = this.head.nextOrdinal;
    const seq = this.#log('put', ordinal, version);
    const replaced = { supersededAt: null, supersededBy: null };
    this.#set({
      columns: { ...replaced, ...columns, createdAt: at, updatedAt: at, version },
      ...{ ordinal, seq, body: this.#keep(body), analysis, vectors: joined(new Map(), vectors) },
      ...{ firstVersion: version, bodyBytes: body.byteLength, formerBlobs: [] },
    });
    this.#ids.add(columns.id);
    const { memories, storedBytes } = this.head;
    const counts = { memories: memories + 1, storedBytes: storedBytes + body.byteLength };
    this.head = { ...this.head, ...counts, nextOrdinal: ordinal + 1 };
    return { seq, ordinal, version, createdAt: at, updatedAt: at };
  }

  #update(op: UpdateOp, at: number): Applied {
    const row = this.row(op.ordinal);
    invariant(row, 'the batch was checked');
    const { columns: before, ordinal } = row;
    const version = before.version + 1;
    const seq = this.#log(op.op, ordinal, version);
    const named = Object.entries(op.columns ?? {}).filter(([, value]) => value !== undefined);
    const columns = { ...before, ...Object.fromEntries(named), version, updatedAt: at };
    const added = op.body?.byteLength ?? 0;
    // An analysis of the former body must not outlive it.
    const kept = op.body ? null : row.analysis;
    const areStale = op.body !== undefined && !op.keepsVectors;
    const vectors = areStale ? allWaiting(row.vectors) : row.vectors;
    const former = op.body && isRef(row.body) ? [row.body] : [];
    this.versions.push({ columns: before, ordinal, seq: row.seq, body: op.body ? row.body : null });
    this.#set({
      ...row,
      ...{ columns, seq, body: op.body ? this.#keep(op.body) : row.body },
      analysis: op.analysis === undefined ? kept : op.analysis,
      vectors: joined(vectors, op.vectors ?? []),
      bodyBytes: row.bodyBytes + added,
      formerBlobs: [...row.formerBlobs, ...former],
    });
    this.head = { ...this.head, storedBytes: this.head.storedBytes + added };
    return { seq, ordinal, version, createdAt: before.createdAt, updatedAt: at };
  }

  #erase(ordinal: number, at: number): Applied {
    const row = this.row(ordinal);
    invariant(row, 'the batch was checked');
    const { id, audience, version: last, createdAt } = row.columns;
    const version = last + 1;
    const seq = this.#log('erase', ordinal, version, { id, audience, at });
    this.#count(row, null);
    this.rows.set(ordinal, null);
    this.#ids.delete(id);
    const { memories, storedBytes } = this.head;
    const counts = { memories: memories - 1, storedBytes: storedBytes - row.bodyBytes };
    this.head = { ...this.head, ...counts, eraseSeq: seq };
    return { seq, ordinal, version, createdAt, updatedAt: at };
  }

  #keep(body: Uint8Array): Blob {
    if (body.byteLength <= bodyBytesMax) return body;
    const upload = newUpload(body);
    this.uploads.push(upload);
    return upload.ref;
  }

  #set(row: StoredRow): void {
    const former = this.row(row.ordinal) ?? null;
    if (!this.before.has(row.ordinal)) this.before.set(row.ordinal, null);
    this.#count(former, row);
    this.rows.set(row.ordinal, row);
  }

  /** Keeps the counts of turns, and the facts of keys, in step with the rows. */
  #count(before: StoredRow | null, after: StoredRow | null): void {
    const left = before && threadOf(before.columns);
    const entered = after && threadOf(after.columns);
    if (left !== entered) {
      this.#countTurn(left, -1);
      this.#countTurn(entered, 1);
    }
    const former = before && factKeyOf(before.columns);
    if (before && former) this.#facts.get(former)?.delete(before.ordinal);
    const key = after && factKeyOf(after.columns);
    if (!after || !key) return;
    const marks = this.#facts.get(key) ?? new Map<number, FactMark>();
    const { version, expiresAt } = after.columns;
    this.#facts.set(key, marks.set(after.ordinal, { version, expiresAt }));
  }

  #countTurn(thread: KeyHash | null, by: number): void {
    if (thread === null) return;
    const turns = this.turns.get(thread);
    invariant(turns !== undefined, 'the turns of a thread were read before they change');
    this.turns.set(thread, turns + by);
  }

  #log(op: ChangeOp, ordinal: number, version: number, erased?: ErasedRow): number {
    const seq = this.head.seq + 1;
    this.changes.push({ seq, op, ordinal, version, ...(erased && { erased }) });
    this.head = { ...this.head, seq };
    return seq;
  }
}

function joined(
  known: ReadonlyMap<number, StoredVectors>,
  added: readonly RowVectors[],
): Map<number, StoredVectors> {
  const all = new Map(known);
  for (const { generation, vectors } of added) all.set(generation, { vectors, arrival: null });
  return all;
}

export function allWaiting(known: ReadonlyMap<number, StoredVectors>): Map<number, StoredVectors> {
  return new Map([...known.keys()].map((generation) => [generation, waiting]));
}

/** True for vectors that are made and not empty. */
export const isMade = (one: StoredVectors | undefined): boolean =>
  one?.vectors !== null && one?.vectors !== undefined && lengthOf(one.vectors) > 0;
