/** What a namespace index reads and keeps in PostgreSQL. */
import type { QueryResultRow } from 'pg';
import type {
  AnalysisRow,
  AnalysisUpdate,
  Change,
  IndexRecords,
  IndexSave,
  IndexState,
  SegmentRow,
} from '../../ports/records.ts';
import { Blobs } from './blobs.ts';
import type { Database, Value } from './database.ts';
import {
  decodeAnalysis,
  decodeChange,
  type SqlAnalysis,
  type SqlChange,
  sharedColumns,
} from './row-codec.ts';

const columns = sharedColumns.map((name) => `m.${name}`).join(', ');
/** Parameters: tenant, namespace, generation. */
const analysed = `SELECT m.ordinal, m.seq, ${columns}, m.analysis, v.vectors
  FROM reverie.memories m LEFT JOIN reverie.vectors v
    ON v.namespace_no = $2 AND v.ordinal = m.ordinal AND v.generation = $3 AND v.tenant_no = $1
  WHERE m.tenant_no = $1 AND m.namespace_no = $2`;

export const indexSql = {
  state: `SELECT epoch, seq, erase_seq AS "eraseSeq", next_ordinal AS "nextOrdinal", arrivals
    FROM reverie.namespaces WHERE tenant_no = $1 AND no = $2`,
  changes: `SELECT seq, op, ordinal, version, erased_id, erased_audience, erased_at
    FROM reverie.changes WHERE tenant_no = $1 AND namespace_no = $2 AND seq > $3
    ORDER BY seq LIMIT $4`,
  arrivals: `SELECT arrival, ordinal FROM reverie.vectors
    WHERE tenant_no = $1 AND namespace_no = $2 AND generation = $3 AND arrival > $4
    ORDER BY arrival LIMIT $5`,
  analyses: `${analysed} AND m.ordinal = ANY($4::bigint[]) ORDER BY m.ordinal`,
  analysesBetween: `${analysed} AND m.ordinal >= $4 AND m.ordinal <= $5
    ORDER BY m.ordinal LIMIT $6`,
  vectors: `SELECT ordinal, vectors FROM reverie.vectors
    WHERE tenant_no = $1 AND namespace_no = $2 AND generation = $3 AND ordinal = ANY($4::bigint[])
    AND octet_length(vectors) > 0 ORDER BY ordinal`,
  manifest: `SELECT epoch, seq, manifest FROM reverie.manifests
    WHERE tenant_no = $1 AND namespace_no = $2 AND generation = $3`,
  segment: `SELECT no, ordinal_min AS "ordinalMin", ordinal_max AS "ordinalMax", columns, postings,
    matrix FROM reverie.segments
    WHERE tenant_no = $1 AND namespace_no = $2 AND generation = $3 AND no = $4`,
};

const imageSql = {
  save: 'SELECT reverie.save_image($1, $2, $3, $4::jsonb, $5::bytea) AS kept',
  drop: 'SELECT reverie.drop_image($1, $2, $3)',
  saveAnalyses: 'SELECT reverie.save_analyses($1, $2, $3::jsonb, $4::bytea)',
};

export interface IndexPlace {
  readonly namespaceNo: number;
  readonly generation: number;
  /** Undefined for a tenant that has nothing stored. */
  tenantNo(): Promise<number | undefined>;
}

const nothing: IndexState = { epoch: 0, seq: 0, eraseSeq: 0, nextOrdinal: 1, arrivals: 0 };

export class PostgresIndexRecords implements IndexRecords {
  readonly #database: Database;
  readonly #place: IndexPlace;

  constructor(database: Database, place: IndexPlace) {
    this.#database = database;
    this.#place = place;
  }

  async state(): Promise<IndexState> {
    const [row] = await this.#read<Row<IndexState>>(indexSql.state);
    return row ?? nothing;
  }

  async changes(afterSeq: number, limit: number): Promise<Change[]> {
    const rows = await this.#read<Row<SqlChange>>(indexSql.changes, afterSeq, limit);
    return rows.map(decodeChange);
  }

  arrivals(after: number, limit: number): Promise<{ arrival: number; ordinal: number }[]> {
    return this.#read(indexSql.arrivals, this.#place.generation, after, limit);
  }

  async analyses(ordinals: readonly number[]): Promise<AnalysisRow[]> {
    if (ordinals.length === 0) return [];
    const values = [this.#place.generation, ordinals];
    const rows = await this.#read<Row<SqlAnalysis>>(indexSql.analyses, ...values);
    return rows.map(decodeAnalysis);
  }

  async analysesBetween(
    ordinalMin: number,
    ordinalMax: number,
    limit: number,
  ): Promise<AnalysisRow[]> {
    const bounds = [ordinalMin, Math.min(ordinalMax, Number.MAX_SAFE_INTEGER), limit];
    const values = [this.#place.generation, ...bounds];
    const rows = await this.#read<Row<SqlAnalysis>>(indexSql.analysesBetween, ...values);
    return rows.map(decodeAnalysis);
  }

  async vectorsOf(ordinals: readonly number[]): ReturnType<IndexRecords['vectorsOf']> {
    if (ordinals.length === 0) return [];
    return this.#read(indexSql.vectors, this.#place.generation, ordinals);
  }

  async saveAnalyses(rows: readonly AnalysisUpdate[]): Promise<void> {
    if (rows.length === 0) return;
    const blobs = new Blobs();
    const encoded = rows.map(({ ordinal, version, analysis, dropVectors }) => ({
      ...{ ordinal, version, analysis: blobs.add(analysis) },
      ...(dropVectors && { dropVectors }),
    }));
    await this.#write(imageSql.saveAnalyses, JSON.stringify(encoded), blobs.whole());
  }

  async manifest(): ReturnType<IndexRecords['manifest']> {
    type Stored = { epoch: number; seq: number; manifest: Uint8Array };
    const [row] = await this.#read<Stored>(indexSql.manifest, this.#place.generation);
    return row;
  }

  async segment(no: number): Promise<SegmentRow | undefined> {
    const [row] = await this.#read<Row<SegmentRow>>(indexSql.segment, this.#place.generation, no);
    return row;
  }

  async save(image: IndexSave): Promise<boolean> {
    const blobs = new Blobs();
    const { epoch, seq, remove } = image;
    const encoded = {
      ...{ epoch, seq, remove, manifest: blobs.add(image.manifest) },
      put: image.put.map(({ columns: own, postings, matrix, ...place }) => ({
        ...place,
        ...{ columns: blobs.add(own), postings: blobs.add(postings), matrix: blobs.add(matrix) },
      })),
      putColumns: image.putColumns.map((one) => ({ no: one.no, columns: blobs.add(one.columns) })),
    };
    const values = [this.#place.generation, JSON.stringify(encoded), blobs.whole()];
    const [row] = await this.#write<{ kept: boolean }>(imageSql.save, ...values);
    return row?.kept ?? false;
  }

  async drop(): Promise<void> {
    await this.#write(imageSql.drop, this.#place.generation);
  }

  async #read<Found extends QueryResultRow>(sql: string, ...values: Value[]): Promise<Found[]> {
    const tenantNo = await this.#place.tenantNo();
    if (tenantNo === undefined) return [];
    const all = [tenantNo, this.#place.namespaceNo, ...values];
    return this.#database.read<Found>(tenantNo, sql, all);
  }

  async #write<Found extends QueryResultRow>(sql: string, ...values: Value[]): Promise<Found[]> {
    const tenantNo = await this.#place.tenantNo();
    if (tenantNo === undefined) return [];
    const all = [tenantNo, this.#place.namespaceNo, ...values];
    return this.#database.write<Found>(tenantNo, sql, all);
  }
}

/** An interface as the driver wants a row. */
type Row<Shape> = Shape & QueryResultRow;
