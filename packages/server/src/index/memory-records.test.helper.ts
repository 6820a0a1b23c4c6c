/** Index records in memory, for tests of this room: the rules of the port in short. */
import type { KeyHash, MemoryId } from '../domain/memory.ts';
import type {
  AnalysisRow,
  AnalysisUpdate,
  Change,
  ChangeOp,
  IndexRecords,
  IndexSave,
  SegmentRow,
} from '../ports/records.ts';
import { encodeAnalysis } from './analysis-codec.ts';
import type { MemoryAnalysis } from './types.ts';
import { encodeVectors } from './vectors-codec.ts';

export type Patch = Partial<
  Omit<AnalysisRow, 'ordinal' | 'seq' | 'version' | 'analysis' | 'vectors'>
>;

export const keyHash = (name: string): KeyHash =>
  Buffer.from(name.padEnd(16).slice(0, 16)).toString('hex') as KeyHash;

export class MemoryIndexRecords implements IndexRecords {
  readonly rows = new Map<number, AnalysisRow>();
  readonly log: Change[] = [];
  readonly segments = new Map<number, SegmentRow>();
  /** Ordinals in the order in which their vectors came later. */
  readonly arrived: number[] = [];
  readonly waiting = new Map<number, { version: number; vectors: Uint8Array }>();
  image: { epoch: number; seq: number; manifest: Uint8Array } | undefined;
  epoch = 1;
  eraseSeq = 0;
  nextOrdinal = 1;
  /** Called before a save is decided: lets a test slip a change in between. */
  beforeSave: () => void = () => {};
  calls = { segment: 0, analyses: 0, save: 0, between: 0 };

  put(analysis: MemoryAnalysis | null, patch: Patch = {}): number {
    const ordinal = this.nextOrdinal;
    this.nextOrdinal += 1;
    this.rows.set(ordinal, {
      id: `mem_${ordinal}` as MemoryId,
      kind: 'episode',
      audience: 'user',
      trust: 'normal',
      keyHash: null,
      createdAt: ordinal,
      updatedAt: ordinal,
      occurredAt: ordinal,
      validFrom: null,
      validTo: null,
      expiresAt: null,
      supersededAt: null,
      supersedes: null,
      supersededBy: null,
      archived: false,
      pinned: false,
      importance: 0.5,
      confidence: 1,
      ...patch,
      ordinal,
      version: 1,
      seq: this.#change('put', ordinal, 1),
      analysis: analysis && encodeAnalysis(analysis),
      vectors: analysis && encodeVectors(analysis.passages),
    });
    return ordinal;
  }

  update(ordinal: number, op: ChangeOp, patch: Patch, analysis?: MemoryAnalysis): void {
    const row = this.rows.get(ordinal);
    if (!row) throw new Error('There is no such row.');
    const version = row.version + 1;
    this.rows.set(ordinal, {
      ...row,
      ...patch,
      version,
      seq: this.#change(op, ordinal, version),
      analysis: analysis ? encodeAnalysis(analysis) : row.analysis,
      vectors: analysis ? encodeVectors(analysis.passages) : row.vectors,
    });
  }

  /** The row waits for these vectors until {@link arrive}. */
  await(ordinal: number, vectors: Uint8Array): void {
    const row = this.rows.get(ordinal);
    if (!row) return;
    this.rows.set(ordinal, { ...row, vectors: null });
    this.waiting.set(ordinal, { version: row.version, vectors });
  }

  /** Nothing happens when the row has changed or does not wait. */
  arrive(ordinal: number): void {
    const row = this.rows.get(ordinal);
    const waiting = this.waiting.get(ordinal);
    if (row?.version !== waiting?.version || !row || !waiting) return;
    this.waiting.delete(ordinal);
    this.rows.set(ordinal, { ...row, vectors: waiting.vectors });
    this.arrived.push(ordinal);
  }

  erase(ordinal: number): void {
    this.rows.delete(ordinal);
    this.eraseSeq = this.#change('erase', ordinal, 0);
    for (const [no, segment] of this.segments) {
      if (ordinal >= segment.ordinalMin && ordinal <= segment.ordinalMax) this.segments.delete(no);
    }
  }

  clear(): void {
    this.rows.clear();
    this.segments.clear();
    this.image = undefined;
    this.epoch += 1;
    this.eraseSeq = this.log.length;
  }

  async state() {
    const { epoch, eraseSeq, nextOrdinal } = this;
    const { length: arrivals } = this.arrived;
    return { epoch, seq: this.log.length, eraseSeq, nextOrdinal, arrivals };
  }

  async arrivals(after: number, limit: number): Promise<{ arrival: number; ordinal: number }[]> {
    const numbered = this.arrived.map((ordinal, i) => ({ arrival: i + 1, ordinal }));
    return numbered.slice(after, after + limit);
  }

  async changes(afterSeq: number, limit: number): Promise<Change[]> {
    return this.log.slice(afterSeq, afterSeq + limit);
  }

  async analyses(ordinals: readonly number[]): Promise<AnalysisRow[]> {
    this.calls.analyses += 1;
    const rows = [...ordinals].sort((a, b) => a - b).map((ordinal) => this.rows.get(ordinal));
    return rows.filter((row) => row !== undefined);
  }

  async analysesBetween(from: number, to: number, limit: number): Promise<AnalysisRow[]> {
    this.calls.between += 1;
    const rows: AnalysisRow[] = [];
    for (let at = from; at <= Math.min(to, this.nextOrdinal) && rows.length < limit; at += 1) {
      const row = this.rows.get(at);
      if (row) rows.push(row);
    }
    return rows;
  }

  async vectorsOf(ordinals: readonly number[]): ReturnType<IndexRecords['vectorsOf']> {
    const rows = await this.analyses(ordinals);
    return rows.flatMap(({ ordinal, vectors }) => (vectors?.length ? [{ ordinal, vectors }] : []));
  }

  async saveAnalyses(rows: readonly AnalysisUpdate[]): Promise<void> {
    for (const { ordinal, version, analysis, dropVectors } of rows) {
      const row = this.rows.get(ordinal);
      if (row?.version !== version) continue;
      this.rows.set(ordinal, { ...row, analysis, ...(dropVectors && { vectors: null }) });
    }
  }

  async manifest() {
    return this.image;
  }

  async segment(no: number): Promise<SegmentRow | undefined> {
    this.calls.segment += 1;
    return this.segments.get(no);
  }

  async save(image: IndexSave): Promise<boolean> {
    this.calls.save += 1;
    this.beforeSave();
    if (image.epoch !== this.epoch || this.eraseSeq > image.seq) return false;
    for (const no of image.remove) this.segments.delete(no);
    for (const segment of image.put) this.segments.set(segment.no, structuredClone(segment));
    for (const { no, columns } of image.putColumns) {
      const segment = this.segments.get(no);
      if (segment) this.segments.set(no, { ...segment, columns: structuredClone(columns) });
    }
    const { epoch, seq, manifest } = image;
    this.image = { epoch, seq, manifest };
    return true;
  }

  async drop(): Promise<void> {
    this.segments.clear();
    this.image = undefined;
  }

  #change(op: ChangeOp, ordinal: number, version: number): number {
    const seq = this.log.length + 1;
    this.log.push({ seq, op, ordinal, version });
    return seq;
  }
}
