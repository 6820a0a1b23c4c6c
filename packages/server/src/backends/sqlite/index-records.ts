/** What a namespace index reads and keeps in the SQLite store. */
import type {
  AnalysisRow,
  AnalysisUpdate,
  Change,
  IndexRecords,
  IndexSave,
  IndexState,
  SegmentRow,
} from '../../ports/records.ts';
import { compactBytes } from '../../util/bytes.ts';
import type { Connection } from './connection.ts';
import {
  decodeAnalysis,
  decodeChange,
  ordinalOf,
  rowOf,
  type SqlChange,
  type SqlMemory,
  type SqlNamespace,
  sharedColumns,
} from './row-codec.ts';
import type { WriterClient } from './writer-client.ts';

type SqlAnalysis = readonly [...SqlMemory, analysis: Uint8Array | null, vectors: Uint8Array | null];

interface SqlSegment {
  readonly no: number;
  readonly ordinal_min: number;
  readonly ordinal_max: number;
  readonly columns: Uint8Array;
  readonly postings: Uint8Array;
  readonly matrix: Uint8Array;
}

const columns = sharedColumns.map((name) => `m.${name}`).join(', ');
const analysed = `SELECT m.row, m.seq, ${columns}, a.analysis, v.vectors
  FROM memories m LEFT JOIN analyses a ON a.row = m.row
  LEFT JOIN vectors v ON v.row = m.row AND v.generation = ?`;

export const indexSql = {
  state: 'SELECT epoch, seq, erase_seq, next_ordinal, arrivals FROM namespaces WHERE no = ?',
  changes: `SELECT seq, op, ordinal, version, erased_id, erased_audience, erased_at FROM changes
    WHERE namespace_no = ? AND seq > ? ORDER BY seq LIMIT ?`,
  arrivals: `SELECT arrival, row FROM vectors
    WHERE namespace_no = ? AND generation = ? AND arrival > ? ORDER BY arrival LIMIT ?`,
  analysis: `${analysed} WHERE m.row = ?`,
  vectors: 'SELECT vectors FROM vectors WHERE row = ? AND generation = ?',
  analysesBetween: `${analysed} WHERE m.row >= ? AND m.row <= ? ORDER BY m.row LIMIT ?`,
  manifest: 'SELECT epoch, seq, manifest FROM manifests WHERE namespace_no = ? AND generation = ?',
  segment: `SELECT no, ordinal_min, ordinal_max, columns, postings, matrix FROM segments
    WHERE namespace_no = ? AND generation = ? AND no = ?`,
};

/** Reads through `db` of the calling thread, writes through its `writer`. */
export interface IndexSource {
  readonly db: Connection;
  readonly writer: WriterClient;
  /** Runs a read and codes its errors. */
  read<Result>(read: () => Result): Promise<Result>;
  /** False for a namespace that is not the handle's: everything is then empty. */
  owns(): boolean;
}

const nothing: IndexState = { epoch: 0, seq: 0, eraseSeq: 0, nextOrdinal: 1, arrivals: 0 };

export class SqliteIndexRecords implements IndexRecords {
  readonly #no: number;
  readonly #generation: number;
  readonly #source: IndexSource;

  constructor(namespaceNo: number, generation: number, source: IndexSource) {
    this.#no = namespaceNo;
    this.#generation = generation;
    this.#source = source;
  }

  state(): Promise<IndexState> {
    return this.#read(nothing, (db) => {
      const found = db.get<SqlNamespace>(indexSql.state, this.#no);
      if (!found) return nothing;
      const { epoch, seq, erase_seq: eraseSeq, next_ordinal: nextOrdinal, arrivals } = found;
      return { epoch, seq, eraseSeq, nextOrdinal, arrivals };
    });
  }

  changes(afterSeq: number, limit: number): Promise<Change[]> {
    return this.#read([], (db) =>
      db.all<SqlChange>(indexSql.changes, this.#no, afterSeq, limit).map(decodeChange),
    );
  }

  arrivals(after: number, limit: number): Promise<{ arrival: number; ordinal: number }[]> {
    return this.#read([], (db) =>
      db
        .all<{ arrival: number; row: number }>(
          indexSql.arrivals,
          this.#no,
          this.#generation,
          after,
          limit,
        )
        .map(({ arrival, row }) => ({ arrival, ordinal: ordinalOf(row) })),
    );
  }

  analyses(ordinals: readonly number[]): Promise<AnalysisRow[]> {
    const ascending = [...new Set(ordinals)].sort((a, b) => a - b);
    return this.#read([], (db) =>
      ascending.flatMap((ordinal) => {
        const place = rowOf(this.#no, ordinal);
        const row = db.getTuple<SqlAnalysis>(indexSql.analysis, this.#generation, place);
        return row ? [decodeAnalysis(row)] : [];
      }),
    );
  }

  analysesBetween(ordinalMin: number, ordinalMax: number, limit: number): Promise<AnalysisRow[]> {
    const first = rowOf(this.#no, Math.max(ordinalMin, 0));
    const last = Math.min(rowOf(this.#no, ordinalMax), rowOf(this.#no + 1, 0) - 1);
    return this.#read([], (db) =>
      db
        .allTuples<SqlAnalysis>(indexSql.analysesBetween, this.#generation, first, last, limit)
        .map(decodeAnalysis),
    );
  }

  vectorsOf(ordinals: readonly number[]): ReturnType<IndexRecords['vectorsOf']> {
    const ascending = [...new Set(ordinals)].sort((a, b) => a - b);
    return this.#read([], (db) =>
      ascending.flatMap((ordinal) => {
        const values = [rowOf(this.#no, ordinal), this.#generation] as const;
        const found = db.get<{ vectors: Uint8Array | null }>(indexSql.vectors, ...values);
        return found?.vectors?.length ? [{ ordinal, vectors: found.vectors }] : [];
      }),
    );
  }

  async saveAnalyses(rows: readonly AnalysisUpdate[]): Promise<void> {
    if (rows.length === 0 || !(await this.#owns())) return;
    const compact = rows.map((row) => ({ ...row, analysis: compactBytes(row.analysis) }));
    const bytes = compact.reduce((sum, { analysis }) => sum + analysis.byteLength, 0);
    const request = { kind: 'saveAnalyses', namespaceNo: this.#no, rows: compact } as const;
    await this.#source.writer.write(request, bytes);
  }

  manifest(): ReturnType<IndexRecords['manifest']> {
    return this.#read(undefined, (db) => db.get(indexSql.manifest, this.#no, this.#generation));
  }

  segment(no: number): Promise<SegmentRow | undefined> {
    return this.#read(undefined, (db) => {
      const found = db.get<SqlSegment>(indexSql.segment, this.#no, this.#generation, no);
      if (!found) return undefined;
      const { ordinal_min: ordinalMin, ordinal_max: ordinalMax, ...blobs } = found;
      return { ...blobs, ordinalMin, ordinalMax };
    });
  }

  async save(image: IndexSave): Promise<boolean> {
    if (!(await this.#owns())) return false;
    const compact = compactImage(image);
    const place = { namespaceNo: this.#no, generation: this.#generation };
    const request = { kind: 'saveImage', ...place, image: compact } as const;
    return this.#source.writer.write(request, imageBytes(compact));
  }

  async drop(): Promise<void> {
    if (!(await this.#owns())) return;
    const place = { namespaceNo: this.#no, generation: this.#generation };
    await this.#source.writer.write({ kind: 'dropImage', ...place });
  }

  #owns(): Promise<boolean> {
    return this.#source.read(() => this.#source.owns());
  }

  #read<Result>(empty: Result, read: (db: Connection) => Result): Promise<Result> {
    return this.#source.read(() => (this.#source.owns() ? read(this.#source.db) : empty));
  }
}

function compactImage(image: IndexSave): IndexSave {
  return {
    ...image,
    manifest: compactBytes(image.manifest),
    put: image.put.map((segment) => ({
      ...segment,
      columns: compactBytes(segment.columns),
      postings: compactBytes(segment.postings),
      matrix: compactBytes(segment.matrix),
    })),
    putColumns: image.putColumns.map(({ no, columns: bytes }) => ({
      no,
      columns: compactBytes(bytes),
    })),
  };
}

function imageBytes({ manifest, put, putColumns }: IndexSave): number {
  const segments = put.reduce(
    (sum, part) =>
      sum + part.columns.byteLength + part.postings.byteLength + part.matrix.byteLength,
    0,
  );
  const changed = putColumns.reduce((sum, part) => sum + part.columns.byteLength, 0);
  return manifest.byteLength + segments + changed;
}
