/** One namespace in memory: rows, history, changes, and the batches that change them. */
import type { KeyHash, MemoryColumns, NamespaceName, TenantId } from '../../domain/memory.ts';
import type {
  Applied,
  Batch,
  Change,
  ChangeOp,
  KeyExpectation,
  NamespaceInfo,
  PutOp,
  RecordOp,
  RecordRow,
  SegmentRow,
  UpdateOp,
} from '../../ports/records.ts';

interface StoredRow {
  readonly current: RecordRow;
  readonly analysis: Uint8Array | null;
  /** Former versions, oldest first. */
  readonly former: readonly RecordRow[];
}

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
  readonly epoch = 1;
  changedAt: number;
  eraseSeq = 0;
  nextOrdinal = 1;
  /** The change with number n is at place n - 1. */
  readonly changes: Change[] = [];
  /** By ordinal. Rows are added in order, so iteration is ascending. */
  readonly rows = new Map<number, StoredRow>();
  readonly segments = new Map<number, SegmentRow>();
  manifest: { epoch: number; seq: number; manifest: Uint8Array } | undefined;

  constructor(identity: { no: number; tenant: TenantId; name: NamespaceName; createdAt: number }) {
    this.no = identity.no;
    this.tenant = identity.tenant;
    this.name = identity.name;
    this.createdAt = identity.createdAt;
    this.changedAt = identity.createdAt;
  }

  get info(): NamespaceInfo {
    const { no, name, epoch, eraseSeq, createdAt, changedAt } = this;
    const counts = { seq: this.changes.length, memories: this.rows.size };
    return { no, name, epoch, eraseSeq, createdAt, changedAt, ...counts };
  }

  currentFact(keyHash: KeyHash, now: number): RecordRow | null {
    const facts = this.ofKey(keyHash).filter((row) => row.kind === 'fact' && isLive(row, now));
    return facts.at(-1) ?? null;
  }

  /** Rows of a key by ordinal, dead ones included. */
  ofKey(keyHash: KeyHash): RecordRow[] {
    return this.all().filter((row) => row.keyHash === keyHash);
  }

  all(): RecordRow[] {
    return [...this.rows.values()].map(({ current }) => current);
  }

  /** Applies the batch, or gives undefined and changes nothing. */
  apply(batch: Batch, now: number): Applied[] | undefined {
    const holds =
      (batch.expect ?? []).every((expected) => this.#meets(expected, now)) && this.#fits(batch.ops);
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

  /** Walks through the ops without applying them: versions expected, ids new. */
  #fits(ops: readonly RecordOp[]): boolean {
    const versions = new Map<number, number>();
    const ids = new Map<number, string>();
    for (const { current } of this.rows.values()) {
      versions.set(current.ordinal, current.version);
      ids.set(current.ordinal, current.id);
    }
    let next = this.nextOrdinal;
    for (const op of ops) {
      if (op.op === 'put') {
        if ([...ids.values()].includes(op.columns.id)) return false;
        versions.set(next, op.version ?? 1);
        ids.set(next++, op.columns.id);
        continue;
      }
      if (versions.get(op.ordinal) !== op.expectedVersion) return false;
      if (op.op !== 'erase') versions.set(op.ordinal, op.expectedVersion + 1);
      else {
        versions.delete(op.ordinal);
        ids.delete(op.ordinal);
      }
    }
    return true;
  }

  #put({ columns, body, analysis, version = 1 }: PutOp, at: number): Applied {
    const times = { createdAt: at, updatedAt: at, supersededAt: null, supersededBy: null };
    const ordinal = this.nextOrdinal++;
    const change = this.#addChange('put', ordinal, version);
    const place = { ordinal, seq: change.seq, body: body.slice() };
    const current = { ...columns, ...times, version, ...place };
    this.rows.set(ordinal, { current, analysis: analysis?.slice() ?? null, former: [] });
    return { ...change, createdAt: at, updatedAt: at };
  }

  #update(op: UpdateOp, at: number): Applied {
    const { current, analysis, former } = this.#row(op.ordinal);
    const version = current.version + 1;
    const change = this.#addChange(op.op, op.ordinal, version);
    const named = Object.entries(op.columns ?? {}).filter(([, value]) => value !== undefined);
    const next: RecordRow = {
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
    const history = [...former, current];
    this.rows.set(op.ordinal, { current: next, analysis: newAnalysis, former: history });
    return { ...change, createdAt: next.createdAt, updatedAt: at };
  }

  #erase(ordinal: number, at: number): Applied {
    const { current } = this.#row(ordinal);
    const change = this.#addChange('erase', ordinal, current.version + 1);
    this.rows.delete(ordinal);
    this.eraseSeq = change.seq;
    for (const { no, ordinalMin, ordinalMax } of [...this.segments.values()]) {
      if (ordinalMin <= ordinal && ordinal <= ordinalMax) this.segments.delete(no);
    }
    return { ...change, createdAt: current.createdAt, updatedAt: at };
  }

  #addChange(op: ChangeOp, ordinal: number, version: number): Omit<Change, 'op'> {
    const place = { seq: this.changes.length + 1, ordinal, version };
    this.changes.push({ ...place, op });
    return place;
  }

  #row(ordinal: number): StoredRow {
    const row = this.rows.get(ordinal);
    if (!row) throw new Error(`the batch was checked, and has no row ${ordinal}`);
    return row;
  }
}
