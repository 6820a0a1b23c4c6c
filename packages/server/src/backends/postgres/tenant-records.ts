/** The store seen by one tenant: every statement names it, and every transaction says it is its. */
import type { QueryResultRow } from 'pg';
import {
  type KeyHash,
  kinds,
  type MemoryId,
  type NamespaceName,
  type TenantId,
  trusts,
} from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  Batch,
  CommitResult,
  IndexRecords,
  KeptReceipt,
  KeyState,
  NamespaceInfo,
  PageQuery,
  Receipt,
  RecordRow,
  RowsWeight,
  TenantRecords,
  VersionQuery,
} from '../../ports/records.ts';
import { Blobs } from './blobs.ts';
import { CommitQueue } from './commit-queue.ts';
import type { Database, Value } from './database.ts';
import { encodeReceipts } from './encode-batch.ts';
import { PostgresIndexRecords } from './index-records.ts';
import {
  decodeNamespace,
  decodeReceipt,
  decodeRecord,
  hexOfId,
  hexOfKeyHash,
  isStorableId,
  type SqlNamespace,
  type SqlReceipt,
  type SqlRecord,
  type SqlRow,
  sharedColumns,
} from './row-codec.ts';

/** What the handles of one store have. */
export interface StoreParts {
  readonly database: Database;
  readonly clock: Clock;
}

/** Stands for no bound: no number in the store is larger. */
const all = Number.MAX_SAFE_INTEGER;

const own = (table: string): string => sharedColumns.map((name) => `${table}.${name}`).join(', ');
const former = `ordinal, seq, ${sharedColumns.join(', ')}, body`;
/**
 * `has_vector` is of the generation that the namespace is searched by. No EXISTS: for that the
 * planner may read all vectors of the namespace into a table of its own.
 */
const recordIn = (namespaceNo: string): string => `m.ordinal, m.seq, ${own('m')}, m.body, coalesce((
    SELECT octet_length(v.vectors) > 0 FROM reverie.vectors v WHERE v.namespace_no = ${namespaceNo}
    AND v.ordinal = m.ordinal AND v.generation = n.generation LIMIT 1
  ), false) AS has_vector`;
/** Where the namespace is a parameter, the planner looks at its partition alone. */
const record = recordIn('$2');
const from = 'reverie.memories m JOIN reverie.namespaces n ON n.no = m.namespace_no';
/** Parameter 1 is the tenant, parameter 2 the namespace. */
const here = 'm.tenant_no = $1 AND m.namespace_no = $2 AND n.no = $2 AND n.tenant_no = $1';
const live = `NOT m.archived AND m.superseded_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > `;

export const readerSql = {
  tenant: 'SELECT no FROM reverie.tenants WHERE name = $1',
  namespaces: `SELECT * FROM reverie.namespaces WHERE tenant_no = $1 AND name > $2
    ORDER BY name LIMIT $3`,
  namespace: 'SELECT * FROM reverie.namespaces WHERE tenant_no = $1 AND name = $2',
  name: 'SELECT name FROM reverie.namespaces WHERE tenant_no = $1 AND no = $2',
  storedBytes: `SELECT coalesce(sum(stored_bytes), 0)::bigint AS total FROM reverie.namespaces
    WHERE tenant_no = $1`,
  byId: `SELECT ${recordIn('m.namespace_no')}, m.namespace_no, n.name AS namespace FROM ${from}
    WHERE m.tenant_no = $1 AND n.tenant_no = $1 AND m.id = ANY($2::bytea[])
    ORDER BY m.namespace_no, m.ordinal`,
  byIdHere: `SELECT ${record}, m.namespace_no, n.name AS namespace FROM ${from}
    WHERE ${here} AND m.id = ANY($3::bytea[]) ORDER BY m.ordinal`,
  byOrdinal: `SELECT ${record} FROM ${from} WHERE ${here} AND m.ordinal = ANY($3::bigint[])`,
  byKey: `(SELECT true AS is_fact, 0::bigint AS turns, ${record} FROM ${from}
    WHERE ${here} AND m.key_hash = $3::bytea AND m.kind = 1 AND ${live} $4)
    ORDER BY m.ordinal DESC LIMIT 1)
    UNION ALL
    (SELECT false, coalesce((SELECT turns FROM reverie.threads t
      WHERE t.tenant_no = $1 AND t.namespace_no = $2 AND t.key_hash = $3::bytea), 0) -
      (SELECT count(*) FROM reverie.memories e WHERE e.tenant_no = $1 AND e.namespace_no = $2
      AND e.key_hash = $3::bytea AND e.kind = 0 AND NOT e.archived AND e.superseded_at IS NULL
      AND e.expires_at <= $4), ${record} FROM ${from}
    WHERE ${here} AND m.key_hash = $3::bytea AND m.kind = 0 AND ${live} $4)
    ORDER BY m.ordinal DESC LIMIT 1)`,
  allByKey: `SELECT ordinal, version FROM reverie.memories
    WHERE tenant_no = $1 AND namespace_no = $2 AND key_hash = $3::bytea ORDER BY ordinal`,
  receipts: `SELECT part, fingerprint, note, seq, ordinal, version, created_at, updated_at
    FROM reverie.receipts WHERE tenant_no = $1 AND id = $2::bytea AND expires_at > $3
    ORDER BY part`,
  weigh: `SELECT
    (SELECT count(*) FROM reverie.versions WHERE tenant_no = $1 AND namespace_no = $2
      AND ordinal = ANY($3::bigint[])) AS versions,
    (SELECT count(*) FROM reverie.vectors WHERE tenant_no = $1 AND namespace_no = $2
      AND ordinal = ANY($3::bigint[]) AND octet_length(vectors) > 0) AS vectors`,
  // A version without a body has that of the one after it; only the first has to look for it.
  versions: `WITH former AS (SELECT ${former} FROM reverie.versions
      WHERE tenant_no = $1 AND namespace_no = $2 AND ordinal = $3 AND version < $4::bigint
      AND updated_at <= $5 AND seq <= $6 ORDER BY version DESC LIMIT $7)
    SELECT ordinal, seq, ${sharedColumns.join(', ')}, CASE
      WHEN body IS NOT NULL OR version < (SELECT max(version) FROM former) THEN body
      ELSE coalesce(
        (SELECT v.body FROM reverie.versions v WHERE v.tenant_no = $1 AND v.namespace_no = $2
          AND v.ordinal = $3 AND v.version > former.version AND v.body IS NOT NULL
          ORDER BY v.version LIMIT 1),
        (SELECT m.body FROM reverie.memories m WHERE m.tenant_no = $1 AND m.namespace_no = $2
          AND m.ordinal = $3)) END AS body
    FROM former ORDER BY version DESC`,
};

export const writerSql = {
  remove: 'SELECT reverie.remove_namespace($1, $2) AS done',
  keepReceipts: 'SELECT reverie.keep_receipts_alone($1, $2::jsonb, $3, $4::bytea) AS done',
};

/** The statement of one kind of page, and its values after tenant and namespace. */
export function pageSql(query: PageQuery, now: number): { sql: string; values: Value[] } {
  const { after, order, kind, keyHash, all: every, limit } = query;
  const values: Value[] = [];
  const place = (value: Value): string => `$${values.push(value) + 2}`;
  const conditions = [here];
  if (after !== undefined) {
    conditions.push(`m.ordinal ${order === 'asc' ? '>' : '<'} ${place(after)}`);
  }
  if (keyHash !== undefined) {
    conditions.push(`m.key_hash = ${place(hexOfKeyHash(keyHash))}::bytea`);
  }
  // Facts and derived memories have an index, which leaves the many episodes out.
  else if (kind !== undefined && kind !== 'episode') conditions.push('m.kind <> 0');
  if (kind !== undefined) conditions.push(`m.kind = ${kinds.indexOf(kind)}`);
  if (!every) {
    conditions.push(`${live} ${place(now)})`, `m.trust <> ${trusts.indexOf('quarantined')}`);
  }
  const sql = `SELECT ${record} FROM ${from} WHERE ${conditions.join(' AND ')}
    ORDER BY m.ordinal ${order} LIMIT ${place(limit)}`;
  return { sql, values };
}

export class PostgresTenantRecords implements TenantRecords {
  readonly #store: StoreParts;
  readonly #tenant: TenantId;
  readonly #commits: CommitQueue;
  /** A number never changes hands, so this never goes stale. */
  #tenantNo: number | undefined;

  constructor(store: StoreParts, tenant: TenantId) {
    this.#store = store;
    this.#tenant = tenant;
    this.#commits = new CommitQueue(store.database, tenant);
  }

  async namespaces(options: { after?: NamespaceName; limit: number }): Promise<NamespaceInfo[]> {
    const values = [options.after ?? '', options.limit];
    const rows = await this.#read<Row<SqlNamespace>>(readerSql.namespaces, ...values);
    return rows.map(decodeNamespace);
  }

  async namespace(name: NamespaceName): Promise<NamespaceInfo | undefined> {
    const [row] = await this.#read<Row<SqlNamespace>>(readerSql.namespace, name);
    return row && decodeNamespace(row);
  }

  async nameOf(namespaceNo: number): Promise<NamespaceName | undefined> {
    const [row] = await this.#read<{ name: NamespaceName }>(readerSql.name, namespaceNo);
    return row?.name;
  }

  async remove(namespaceNo: number): Promise<boolean> {
    return this.#write(writerSql.remove, [this.#tenant, namespaceNo]);
  }

  commit(name: NamespaceName, batch: Batch): Promise<CommitResult> {
    return this.#commits.commit(name, batch, this.#store.clock.now());
  }

  async byId(ids: readonly MemoryId[], namespaceNo?: number): ReturnType<TenantRecords['byId']> {
    const wanted = [...new Set(ids)].filter(isStorableId).map(hexOfId);
    if (wanted.length === 0) return [];
    type Found = Row<SqlRecord & { namespace_no: number; namespace: NamespaceName }>;
    const rows =
      namespaceNo === undefined
        ? await this.#read<Found>(readerSql.byId, wanted)
        : await this.#read<Found>(readerSql.byIdHere, namespaceNo, wanted);
    const found = rows.map((row) => ({
      ...{ namespaceNo: row.namespace_no, namespace: row.namespace },
      row: decode(row),
    }));
    // In the order in which they were asked for.
    const place = new Map([...new Set(ids)].map((id, i) => [id, i]));
    return found.sort((a, b) => (place.get(a.row.id) ?? 0) - (place.get(b.row.id) ?? 0));
  }

  async byOrdinal(namespaceNo: number, ordinals: readonly number[]): Promise<RecordRow[]> {
    if (ordinals.length === 0) return [];
    const rows = await this.#read<Row<SqlRecord>>(readerSql.byOrdinal, namespaceNo, ordinals);
    const found = new Map(rows.map((row) => [row.ordinal, row]));
    return ordinals.flatMap((ordinal) => {
      const row = found.get(ordinal);
      return row ? [decode(row)] : [];
    });
  }

  async byKey(namespaceNo: number, keyHash: KeyHash, now: number): Promise<KeyState> {
    type Found = Row<SqlRecord & { is_fact: boolean; turns: number }>;
    const values = [namespaceNo, hexOfKeyHash(keyHash), now];
    const rows = await this.#read<Found>(readerSql.byKey, ...values);
    const fact = rows.find((row) => row.is_fact);
    const turn = rows.find((row) => !row.is_fact);
    return {
      fact: fact ? decode(fact) : null,
      lastTurn: turn ? decode(turn) : null,
      turns: turn?.turns ?? 0,
    };
  }

  allByKey(namespaceNo: number, keyHash: KeyHash): ReturnType<TenantRecords['allByKey']> {
    return this.#read(readerSql.allByKey, namespaceNo, hexOfKeyHash(keyHash));
  }

  async page(namespaceNo: number, query: PageQuery, now: number): Promise<RecordRow[]> {
    const { sql, values } = pageSql(query, now);
    const rows = await this.#read<Row<SqlRecord>>(sql, namespaceNo, ...values);
    return rows.map(decode);
  }

  async versions(
    namespaceNo: number,
    ordinal: number,
    query: VersionQuery = {},
  ): Promise<RecordRow[]> {
    const { below = all, writtenBy = all, seqMax = all, limit = all } = query;
    const values = [namespaceNo, ordinal, below, writtenBy, seqMax, limit];
    type Former = Row<SqlRow & { body: Uint8Array | null }>;
    const rows = await this.#read<Former>(readerSql.versions, ...values);
    let body = rows[0]?.body;
    // Erased between two readings of one statement: there is nothing to tell.
    if (!body) return [];
    const records: RecordRow[] = [];
    for (const row of rows) {
      body = row.body ?? body;
      records.push(decodeRecord(row, body, false));
    }
    return records;
  }

  async weigh(namespaceNo: number, ordinals: readonly number[]): Promise<RowsWeight> {
    const [row] = await this.#read<Row<RowsWeight>>(readerSql.weigh, namespaceNo, ordinals);
    return { versions: row?.versions ?? 0, vectors: row?.vectors ?? 0 };
  }

  async storedBytes(): Promise<number> {
    const [row] = await this.#read<{ total: number }>(readerSql.storedBytes);
    return row?.total ?? 0;
  }

  async receipts(id: KeyHash): Promise<KeptReceipt[]> {
    const values = [hexOfKeyHash(id), this.#store.clock.now()];
    const rows = await this.#read<Row<SqlReceipt>>(readerSql.receipts, ...values);
    return rows.map((row) => decodeReceipt(id, row));
  }

  keepReceipts(receipts: readonly Receipt[]): Promise<boolean> {
    const blobs = new Blobs();
    const encoded = JSON.stringify(encodeReceipts(receipts, blobs));
    const values = [this.#tenant, encoded, this.#store.clock.now(), blobs.whole()];
    return this.#write(writerSql.keepReceipts, values);
  }

  index(namespaceNo: number, generation: number): IndexRecords {
    const tenantNo = () => this.#number();
    const place = { namespaceNo, generation, tenantNo };
    return new PostgresIndexRecords(this.#store.database, place);
  }

  async #write(sql: string, values: readonly Value[]): Promise<boolean> {
    const { database } = this.#store;
    const [row] = await database.write<{ done: boolean }>(undefined, sql, values);
    return row?.done ?? false;
  }

  /** Nothing for a tenant that has never stored anything. */
  async #read<Found extends QueryResultRow>(sql: string, ...values: Value[]): Promise<Found[]> {
    const tenantNo = await this.#number();
    if (tenantNo === undefined) return [];
    return this.#store.database.read<Found>(tenantNo, sql, [tenantNo, ...values]);
  }

  async #number(): Promise<number | undefined> {
    if (this.#tenantNo !== undefined) return this.#tenantNo;
    const { database } = this.#store;
    const [row] = await database.read<{ no: number }>('*', readerSql.tenant, [this.#tenant]);
    this.#tenantNo = row?.no;
    return row?.no;
  }
}

/** An interface as the driver wants a row. */
type Row<Shape> = Shape & QueryResultRow;

const decode = (row: SqlRecord): RecordRow => decodeRecord(row, row.body, row.has_vector);
