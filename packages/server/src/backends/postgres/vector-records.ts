/** Vectors of every tenant in PostgreSQL, for the server itself. */
import type { QueryResultRow } from 'pg';
import type { TenantId } from '../../domain/memory.ts';
import type {
  GenerationCounts,
  PendingQuery,
  PendingRow,
  VectorRecords,
  VectorUpdate,
} from '../../ports/records.ts';
import { Blobs } from './blobs.ts';
import type { Database, Value } from './database.ts';

const nextPending = (bound: string): string => `SELECT namespace_no FROM reverie.vectors
  WHERE generation = $1 AND vectors IS NULL AND ${bound} ORDER BY namespace_no LIMIT 1`;

export const vectorSql = {
  // From one namespace that has some to the next, never over the rows between.
  pending: `WITH RECURSIVE spaces (no, place) AS (
      SELECT (${nextPending('namespace_no > $2 AND namespace_no <= $3')}), 1
      UNION ALL
      SELECT (${nextPending('namespace_no > spaces.no AND namespace_no <= $3')}), place + 1
      FROM spaces WHERE spaces.no IS NOT NULL AND place < $5
    )
    SELECT t.name AS tenant, s.no AS "namespaceNo", r.ordinal FROM spaces s
    JOIN reverie.namespaces n ON n.no = s.no JOIN reverie.tenants t ON t.no = n.tenant_no
    CROSS JOIN LATERAL (
      SELECT ordinal FROM reverie.vectors v
      WHERE v.generation = $1 AND v.vectors IS NULL AND v.namespace_no = s.no
      ORDER BY ordinal DESC LIMIT $4
    ) r
    ORDER BY s.no, r.ordinal DESC LIMIT $5`,
  used: 'SELECT DISTINCT generation FROM reverie.namespaces ORDER BY generation',
  namespaces: `SELECT t.name AS tenant, n.no AS "namespaceNo"
    FROM reverie.namespaces n JOIN reverie.tenants t ON t.no = n.tenant_no
    WHERE n.generation = $1 AND n.no > $2 ORDER BY n.no LIMIT $3`,
  counts: `SELECT
    (SELECT count(*) FROM reverie.namespaces WHERE generation = $1) AS namespaces,
    (SELECT count(*) FROM reverie.vectors WHERE generation = $1 AND vectors IS NULL) AS pending`,
  countEmpty: `SELECT count(*) AS value FROM reverie.vectors
    WHERE generation = $1 AND vectors = '\\x'::bytea`,
  waits: 'SELECT reverie.waits($1, $2, $3) AS value',
  save: 'SELECT reverie.save_vectors($1, $2::jsonb, $3::bytea) AS value',
  await: 'SELECT reverie.await_vectors($1, $2, $3, $4) AS value',
  drop: 'SELECT reverie.drop_vectors($1, $2, $3, $4) AS value',
  use: 'SELECT reverie.use_generation($1, $2, $3) AS value',
  close: 'SELECT reverie.close_generation($1) AS value',
};

/** No namespace has a larger number. */
const lastNo = 2 ** 31 - 1;

export class PostgresVectorRecords implements VectorRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async pending(query: PendingQuery): Promise<PendingRow[]> {
    const { generation, afterNamespace, perNamespace, limit } = query;
    const between = (after: number, last: number, room: number) =>
      this.#read<PendingRow & QueryResultRow>(
        vectorSql.pending,
        ...[generation, after, last, perNamespace, room],
      );
    // Behind the namespace to the end, then from the beginning up to it.
    const behind = await between(afterNamespace, lastNo, limit);
    const room = limit - behind.length;
    if (room === 0 || afterNamespace === 0) return behind;
    return [...behind, ...(await between(0, afterNamespace, room))];
  }

  async save(generation: number, rows: readonly VectorUpdate[]): Promise<number> {
    if (rows.length === 0) return 0;
    const blobs = new Blobs();
    const encoded = rows.map(({ namespaceNo: no, ordinal, version, vectors }) => ({
      ...{ no, ordinal, version, vectors: blobs.add(vectors) },
    }));
    const values = [generation, JSON.stringify(encoded), blobs.whole()];
    return (await this.#write<number>(vectorSql.save, ...values)) ?? 0;
  }

  async used(): Promise<number[]> {
    const rows = await this.#read<{ generation: number }>(vectorSql.used);
    return rows.map(({ generation }) => generation);
  }

  namespaces(
    generation: number,
    afterNo: number,
    limit: number,
  ): Promise<{ tenant: TenantId; namespaceNo: number }[]> {
    return this.#read(vectorSql.namespaces, generation, afterNo, limit);
  }

  async await(
    namespaceNo: number,
    generation: number,
    afterOrdinal: number,
    limit: number,
  ): Promise<number | undefined> {
    const chunk = [namespaceNo, generation, afterOrdinal, limit];
    return (await this.#write<number | null>(vectorSql.await, ...chunk)) ?? undefined;
  }

  async waits(namespaceNo: number, generation: number, throughOrdinal: number): Promise<boolean> {
    const values = [namespaceNo, generation, throughOrdinal];
    const [row] = await this.#read<{ value: boolean }>(vectorSql.waits, ...values);
    return row?.value ?? false;
  }

  async use(namespaceNo: number, generation: number, throughOrdinal: number): Promise<boolean> {
    const goal = [namespaceNo, generation, throughOrdinal];
    return (await this.#write<boolean>(vectorSql.use, ...goal)) ?? false;
  }

  async close(generation: number): Promise<boolean> {
    return (await this.#write<boolean>(vectorSql.close, generation)) ?? false;
  }

  async drop(
    namespaceNo: number,
    generation: number,
    afterOrdinal: number,
    limit: number,
  ): Promise<number | undefined> {
    const chunk = [namespaceNo, generation, afterOrdinal, limit];
    return (await this.#write<number | null>(vectorSql.drop, ...chunk)) ?? undefined;
  }

  async counts(generation: number): Promise<GenerationCounts> {
    const [row] = await this.#read<GenerationCounts & QueryResultRow>(vectorSql.counts, generation);
    return { namespaces: row?.namespaces ?? 0, pending: row?.pending ?? 0 };
  }

  async countEmpty(generation: number): Promise<number> {
    const [row] = await this.#read<{ value: number }>(vectorSql.countEmpty, generation);
    return row?.value ?? 0;
  }

  #read<Found extends QueryResultRow>(sql: string, ...values: Value[]): Promise<Found[]> {
    return this.#database.read<Found>('*', sql, values);
  }

  async #write<Result>(sql: string, ...values: Value[]): Promise<Result | undefined> {
    const [row] = await this.#database.write<{ value: Result }>('*', sql, values);
    return row?.value;
  }
}
