/** One namespace in memory: rows, history, changes, and the batches that change them. */
import type {
  KeyHash,
  MemoryColumns,
  MemoryId,
  NamespaceName,
  TenantId,
} from '../../domain/memory.ts';
import type {
  Applied,
  Batch,
  Change,
  ChangeOp,
  ErasedRow,
  KeyExpectation,
  NamespaceInfo,
  PutOp,
  RecordOp,
  RecordRow,
  RowVectors,
  SegmentRow,
  UpdateOp,
} from '../../ports/records.ts';
import type { NamespaceRow } from '../../ports/transfer.ts';

export interface StoredRow {
  readonly current: Omit<RecordRow, 'hasVector'>;
  readonly analysis: Uint8Array | null;
  /** By generation. */
  readonly vectors: ReadonlyMap<number, StoredVectors>;
  /** Former versions, oldest first. */
  readonly former: readonly RecordRow[];
}

export interface StoredVectors {
  readonly vectors: Uint8Array | null;
  /** Null for vectors that came with their row. */
  readonly arrival: number | null;
}

/** The index image of one generation. */
export interface StoredImage {
  readonly segments: Map<number, SegmentRow>;
  manifest: { epoch: number; seq: number; manifest: Uint8Array } | undefined;
}

const waiting: StoredVectors = { vectors: null, arrival: null };

/** True for a row that a plain read shows. */
export function isLive(row: MemoryColumns, now: number): boolean {
  const isExpired = row.expiresAt !== null && row.expiresAt <= now;
  return !row.archived && row.supersededAt === null && !isExpired;
}

export class EphemeralNamespace {
  readonly no: number;
  readonly tenant: TenantId;
  readonly name: NamespaceName;
  readonly createdAt: number;
  epoch = 1;
  changedAt: number;
  eraseSeq = 0;
  nextOrdinal = 1;
  generation: number;
  arrivals = 0;
  storedBytes = 0;
  /** The change with number n is at place n - 1. */
  readonly changes: Change[] = [];
  /** By ordinal. Rows are added in order, so iteration is ascending. */
  readonly rows = new Map<number, StoredRow>();
  /** Ordinals by id and by key: an import asks for thousands, and row by row it takes minutes. */
  readonly #byId = new Map<MemoryId, number>();
  readonly #byKey = new Map<KeyHash, Set<number>>();
  readonly #images = new Map<number, StoredImage>();

  constructor(identity: {
    no: number;
    tenant: TenantId;
    name: NamespaceName;
    createdAt: number;
    generation: number;
  }) {
    this.no = identity.no;
    this.tenant = identity.tenant;
    this.name = identity.name;
    this.createdAt = identity.createdAt;
    this.changedAt = identity.createdAt;
    this.generation = identity.generation;
  }

  /** As it was in another store; its rows come one by one. */
  loadCounters(row: NamespaceRow): void {
    this.epoch = row.epoch;
    this.changedAt = row.changedAt;
    this.eraseSeq = row.eraseSeq;
    this.nextOrdinal = row.nextOrdinal;
    this.arrivals = row.arrivals;
    this.storedBytes = row.storedBytes;
  }

  loadRow(row: StoredRow): void {
    const { current } = row;
    this.rows.set(current.ordinal, row);
    this.#byId.set(current.id, current.ordinal);
    this.#addKey(current);
  }

  /** After its row, and after the versions before; a null body is that of the next one. */
  loadVersion(version: Omit<RecordRow, 'body' | 'hasVector'>, body: Uint8Array | null): void {
    const row = this.#row(version.ordinal);
    const known = body ?? row.current.body;
    // Who shares the body of the row until now may have shared it with this one.
    const { body: shared } = row.current;
    const before = row.former.map((one) => (one.body === shared ? { ...one, body: known } : one));
    const former = [...before, { ...version, body: known, hasVector: false }];
    this.rows.set(version.ordinal, { ...row, former });
  }

  loadVectors(ordinal: number, generation: number, stored: StoredVectors): void {
    const row = this.#row(ordinal);
    this.rows.set(ordinal, { ...row, vectors: new Map(row.vectors).set(generation, stored) });
  }

  image(generation: number): StoredImage {
    const known = this.#images.get(generation) ?? { segments: new Map(), manifest: undefined };
    this.#images.set(generation, known);
    return known;
  }

  dropImage(generation: number): void {
    this.#images.delete(generation);
  }

  get info(): NamespaceInfo {
    const { no, name, epoch, eraseSeq, arrivals, createdAt, changedAt, generation } = this;
    const counts = { seq: this.changes.length, arrivals, memories: this.rows.size };
    return { no, name, epoch, eraseSeq, createdAt, changedAt, generation, ...counts };
  }

  currentFact(keyHash: KeyHash, now: number): RecordRow | null {
    const facts = this.ofKey(keyHash).filter((row) => row.kind === 'fact' && isLive(row, now));
    return facts.at(-1) ?? null;
  }

  /** Rows of a key by ordinal, dead ones included. */
  ofKey(keyHash: KeyHash): RecordRow[] {
    const ordinals = [...(this.#byKey.get(keyHash) ?? [])].sort((a, b) => a - b);
    return ordinals.flatMap((ordinal) => this.at(ordinal) ?? []);
  }

  ofId(id: MemoryId): RecordRow | undefined {
    const ordinal = this.#byId.get(id);
    return ordinal === undefined ? undefined : this.at(ordinal);
  }

  at(ordinal: number): RecordRow | undefined {
    const row = this.rows.get(ordinal);
    return row && this.record(row);
  }

  /** Behind `after`, in the named order. */
  *walk(order: 'asc' | 'desc', after?: number): Generator<RecordRow, void, undefined> {
    const step = order === 'asc' ? 1 : -1;
    const start = order === 'asc' ? (after ?? 0) : Math.min(after ?? Infinity, this.nextOrdinal);
    for (let at = start + step; at > 0 && at < this.nextOrdinal; at += step) {
      const row = this.at(at);
      if (row) yield row;
    }
  }

  record({ current, vectors }: StoredRow): RecordRow {
    const stored = vectors.get(this.generation)?.vectors;
    return { ...current, hasVector: (stored?.length ?? 0) > 0 };
  }

  setVectors(ordinal: number, generation: number, vectors: Uint8Array | null): void {
    const row = this.rows.get(ordinal);
    if (!row) return;
    const arrival = vectors === null ? null : ++this.arrivals;
    const entry = { vectors: vectors?.slice() ?? null, arrival };
    this.rows.set(ordinal, { ...row, vectors: new Map(row.vectors).set(generation, entry) });
  }

  forgetVectors(ordinal: number, generation: number): void {
    const row = this.rows.get(ordinal);
    const kept = [...(row?.vectors ?? [])].filter(([known]) => known !== generation);
    if (row) this.rows.set(ordinal, { ...row, vectors: new Map(kept) });
  }

  /** Every generation of the row waits for its vectors again. */
  dropVectors(ordinal: number): void {
    const row = this.rows.get(ordinal);
    if (row) this.rows.set(ordinal, { ...row, vectors: allWaiting(row.vectors) });
  }

  /** Applies the batch, or gives undefined and changes nothing. */
  apply(batch: Batch, now: number): Applied[] | undefined {
    const holds =
      (batch.expect ?? []).every((expected) => this.#meets(expected, now)) &&
      (batch.unchanged ?? []).every(({ ordinal, version }) => this.#has(ordinal, version)) &&
      this.#fits(batch.ops);
    if (!holds) return undefined;
    const at = Math.max(now, this.changedAt);
    return batch.ops.map((op) => {
      this.changedAt = at;
      if (op.op === 'put') return this.#put(op, at);
      return op.op === 'erase' ? this.#erase(op.ordinal, at) : this.#update(op, at);
    });
  }

  #meets({ keyHash, fact }: KeyExpectation, now: number): boolean {
    const current = this.currentFact(keyHash, now);
    if (current === null) return fact === null;
    return fact?.ordinal === current.ordinal && fact.version === current.version;
  }

  #has(ordinal: number, version: number): boolean {
    return this.rows.get(ordinal)?.current.version === version;
  }

  /** Walks through the ops without applying them: versions expected, ids new. */
  #fits(ops: readonly RecordOp[]): boolean {
    // What the ops before have made of a row, and of an id; null: it is gone.
    const versions = new Map<number, number | null>();
    const ids = new Map<MemoryId, boolean>();
    const made = new Map<number, MemoryId>();
    let next = this.nextOrdinal;
    for (const op of ops) {
      if (op.op === 'put') {
        const { id } = op.columns;
        if (ids.get(id) ?? this.#byId.has(id)) return false;
        versions.set(next, op.version ?? 1);
        made.set(next++, id);
        ids.set(id, true);
        continue;
      }
      const { ordinal, expectedVersion } = op;
      const row = this.rows.get(ordinal)?.current;
      const known = versions.get(ordinal);
      const version = known === undefined ? row?.version : known;
      if (version !== expectedVersion) return false;
      versions.set(ordinal, op.op === 'erase' ? null : expectedVersion + 1);
      const id = row?.id ?? made.get(ordinal);
      if (op.op === 'erase' && id !== undefined) ids.set(id, false);
    }
    return true;
  }

  #put({ columns, body, analysis, vectors, version = 1 }: PutOp, at: number): Applied {
    const times = { createdAt: at, updatedAt: at };
    const replaced = { supersededAt: null, supersededBy: null };
    const ordinal = this.nextOrdinal++;
    const change = this.#addChange('put', ordinal, version);
    const place = { ordinal, seq: change.seq, body: body.slice() };
    const current = { ...replaced, ...columns, ...times, version, ...place };
    const derived = { analysis: analysis?.slice() ?? null, vectors: withRow(new Map(), vectors) };
    this.storedBytes += body.length;
    this.rows.set(ordinal, { current, ...derived, former: [] });
    this.#byId.set(current.id, ordinal);
    this.#addKey(current);
    return { ...change, createdAt: at, updatedAt: at };
  }

  #update(op: UpdateOp, at: number): Applied {
    const { current, analysis, former, vectors } = this.#row(op.ordinal);
    const version = current.version + 1;
    const change = this.#addChange(op.op, op.ordinal, version);
    const named = Object.entries(op.columns ?? {}).filter(([, value]) => value !== undefined);
    const next = {
      ...current,
      ...Object.fromEntries(named),
      version,
      updatedAt: at,
      seq: change.seq,
      body: op.body?.slice() ?? current.body,
    };
    // An analysis of the former body must not outlive it.
    const kept = op.body ? null : analysis;
    const newAnalysis = op.analysis === undefined ? kept : (op.analysis?.slice() ?? null);
    this.storedBytes += op.body?.length ?? 0;
    const history = [...former, { ...current, hasVector: false }];
    const areStale = op.body !== undefined && !op.keepsVectors;
    const newVectors = withRow(areStale ? allWaiting(vectors) : vectors, op.vectors ?? []);
    const derived = { analysis: newAnalysis, vectors: newVectors };
    this.rows.set(op.ordinal, { current: next, ...derived, former: history });
    this.#removeKey(current);
    this.#addKey(next);
    return { ...change, createdAt: next.createdAt, updatedAt: at };
  }

  #erase(ordinal: number, at: number): Applied {
    const { current, former } = this.#row(ordinal);
    // Versions that have the same body share it.
    for (const body of new Set([current, ...former].map((row) => row.body))) {
      this.storedBytes -= body.length;
    }
    const { id, audience } = current;
    const change = this.#addChange('erase', ordinal, current.version + 1, { id, audience, at });
    this.rows.delete(ordinal);
    this.#byId.delete(current.id);
    this.#removeKey(current);
    this.eraseSeq = change.seq;
    for (const { segments } of this.#images.values()) {
      for (const { no, ordinalMin, ordinalMax } of [...segments.values()]) {
        if (ordinalMin <= ordinal && ordinal <= ordinalMax) segments.delete(no);
      }
    }
    return { ...change, createdAt: current.createdAt, updatedAt: at };
  }

  #addKey({ keyHash, ordinal }: Pick<RecordRow, 'keyHash' | 'ordinal'>): void {
    if (keyHash === null) return;
    const ordinals = this.#byKey.get(keyHash) ?? new Set();
    this.#byKey.set(keyHash, ordinals.add(ordinal));
  }

  #removeKey({ keyHash, ordinal }: Pick<RecordRow, 'keyHash' | 'ordinal'>): void {
    if (keyHash === null) return;
    const ordinals = this.#byKey.get(keyHash);
    ordinals?.delete(ordinal);
    if (ordinals?.size === 0) this.#byKey.delete(keyHash);
  }

  #addChange(
    op: ChangeOp,
    ordinal: number,
    version: number,
    erased?: ErasedRow,
  ): Omit<Change, 'op'> {
    const place = { seq: this.changes.length + 1, ordinal, version };
    this.changes.push({ ...place, op, ...(erased && { erased }) });
    return place;
  }

  #row(ordinal: number): StoredRow {
    const row = this.rows.get(ordinal);
    if (!row) throw new Error(`the batch was checked, and has no row ${ordinal}`);
    return row;
  }
}

function withRow(
  known: ReadonlyMap<number, StoredVectors>,
  added: readonly RowVectors[],
): Map<number, StoredVectors> {
  const all = new Map(known);
  for (const { generation, vectors } of added) {
    all.set(generation, { vectors: vectors?.slice() ?? null, arrival: null });
  }
  return all;
}

function allWaiting(known: ReadonlyMap<number, StoredVectors>): Map<number, StoredVectors> {
  return new Map([...known.keys()].map((generation) => [generation, waiting]));
}
