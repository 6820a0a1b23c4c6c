/** Reads rows for a tenant handle. Every call is one short statement or one short snapshot. */
import {
  type KeyHash,
  kinds,
  type MemoryId,
  type NamespaceName,
  trusts,
} from '../../domain/memory.ts';
import type {
  KeptReceipt,
  KeyState,
  NamespaceInfo,
  PageQuery,
  RecordRow,
  RowsWeight,
  VersionQuery,
} from '../../ports/records.ts';
import type { Connection } from './connection.ts';
import {
  afterMemory,
  decodeNamespace,
  decodeReceipt,
  decodeRecord,
  encodeId,
  encodeKeyHash,
  isStorableId,
  namespaceOf,
  ordinalOf,
  rowOf,
  type SqlMemory,
  type SqlNamespace,
  type SqlReceipt,
  sharedColumns,
} from './row-codec.ts';

type SqlRecord = readonly [...SqlMemory, body: Uint8Array, hasVector: number];
type SqlVersion = readonly [...SqlMemory, body: Uint8Array | null];
type SqlPlace = readonly [...SqlRecord, namespace: NamespaceName];

/** Stands for no bound: no number in the store is larger. */
const all = Number.MAX_SAFE_INTEGER;

/** Place of the version in a row. */
const versionPlace = 3;
/** Places of what follows the body. */
const afterBody = 22;
const afterVector = 23;

const decode = (row: SqlRecord | SqlPlace): RecordRow =>
  decodeRecord(row, row[afterMemory], row[afterBody] === 1);

const versionColumns = ['row', 'seq', ...sharedColumns, 'body'];
/** In the generation that the namespace is searched by. */
const hasVector = `EXISTS (SELECT 1 FROM namespaces s CROSS JOIN vectors v
  WHERE s.no = m.namespace_no AND v.row = m.row AND v.generation = s.generation
  AND length(v.vectors) > 0)`;
const columns = [...versionColumns.map((name) => `m.${name}`), hasVector].join(', ');
const live = 'archived = 0 AND superseded_at IS NULL AND (expires_at IS NULL OR expires_at > ?)';

export const readerSql = {
  namespaces: `SELECT * FROM namespaces WHERE tenant = ? AND name > ? ORDER BY name LIMIT ?`,
  namespace: 'SELECT * FROM namespaces WHERE tenant = ? AND name = ?',
  storedBytes: 'SELECT sum(stored_bytes) AS total FROM namespaces WHERE tenant = ?',
  owner: 'SELECT tenant FROM namespaces WHERE no = ?',
  name: 'SELECT name FROM namespaces WHERE no = ?',
  byId: `SELECT ${columns}, n.name AS name FROM memories m
    JOIN namespaces n ON n.no = m.namespace_no
    WHERE m.id = ? AND n.tenant = ? ORDER BY m.row`,
  byRow: `SELECT ${columns} FROM memories m WHERE row = ?`,
  fact: `SELECT ${columns} FROM memories m
    WHERE namespace_no = ? AND key_hash = ? AND kind = 1 AND ${live} ORDER BY row DESC LIMIT 1`,
  turns: 'SELECT turns FROM threads WHERE namespace_no = ? AND key_hash = ?',
  expiredTurns: `SELECT count(*) AS turns FROM memories
    WHERE namespace_no = ? AND key_hash = ? AND kind = 0 AND archived = 0
    AND superseded_at IS NULL AND expires_at <= ?`,
  lastTurn: `SELECT ${columns} FROM memories m
    WHERE namespace_no = ? AND key_hash = ? AND kind = 0 AND ${live} ORDER BY row DESC LIMIT 1`,
  allByKey: `SELECT row, version FROM memories
    WHERE namespace_no = ? AND key_hash = ? ORDER BY row`,
  receipts: `SELECT part, fingerprint, note, seq, ordinal, version, created_at, updated_at
    FROM receipts WHERE tenant = ? AND id = ? AND expires_at > ? ORDER BY part`,
  countVersions: 'SELECT count(*) AS count FROM versions WHERE row = ?',
  countVectors: `SELECT count(*) AS count FROM vectors WHERE row = ? AND length(vectors) > 0`,
  versions: `SELECT ${versionColumns.join(', ')} FROM versions
    WHERE row = ? AND version < ? AND updated_at <= ? AND seq <= ? ORDER BY version DESC LIMIT ?`,
  bodyAbove: `SELECT body FROM versions
    WHERE row = ? AND version > ? AND body IS NOT NULL ORDER BY version LIMIT 1`,
};

/** The statement of one kind of page; its parameters are those of {@link pageParams}. */
export function pageSql({ order, kind, keyHash, all }: PageQuery): string {
  // Both bounds, so that a page never walks on into the next namespace.
  const conditions = ['row > ?', 'row < ?'];
  if (keyHash !== undefined) conditions.push('namespace_no = ?', 'key_hash = ?');
  // Facts and derived memories have an index, which leaves the many episodes out.
  else if (kind !== undefined && kind !== 'episode') {
    conditions.push('namespace_no = ?', 'kind <> 0');
  }
  if (kind !== undefined) conditions.push(`kind = ${kinds.indexOf(kind)}`);
  if (!all) conditions.push(live, `trust <> ${trusts.indexOf('quarantined')}`);
  return `SELECT ${columns} FROM memories m WHERE ${conditions.join(' AND ')}
    ORDER BY row ${order} LIMIT ?`;
}

/** Values for {@link pageSql}. */
export function pageParams(
  namespaceNo: number,
  { after, order, kind, keyHash, all, limit }: PageQuery,
  now: number,
): (number | Uint8Array)[] {
  const first = rowOf(namespaceNo, 0);
  const end = rowOf(namespaceNo + 1, 0);
  const start = after === undefined ? undefined : rowOf(namespaceNo, after);
  const bounds = order === 'asc' ? [start ?? first, end] : [first, start ?? end];
  const usesKind = kind !== undefined && kind !== 'episode';
  const named = keyHash !== undefined ? [namespaceNo, encodeKeyHash(keyHash)] : [];
  const byKind = keyHash === undefined && usesKind ? [namespaceNo] : [];
  return [...bounds, ...named, ...byKind, ...(all ? [] : [now]), limit];
}

export class Reader {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  namespaces(tenant: string, after: string, limit: number): NamespaceInfo[] {
    const rows = this.#db.all<SqlNamespace>(readerSql.namespaces, tenant, after, limit);
    return rows.map(decodeNamespace);
  }

  namespace(tenant: string, name: string): NamespaceInfo | undefined {
    const row = this.#db.get<SqlNamespace>(readerSql.namespace, tenant, name);
    return row && decodeNamespace(row);
  }

  owner(namespaceNo: number): string | undefined {
    return this.#db.get<{ tenant: string }>(readerSql.owner, namespaceNo)?.tenant;
  }

  nameOf(namespaceNo: number): NamespaceName | undefined {
    return this.#db.get<{ name: NamespaceName }>(readerSql.name, namespaceNo)?.name;
  }

  storedBytes(tenant: string): number {
    return this.#db.get<{ total: number | null }>(readerSql.storedBytes, tenant)?.total ?? 0;
  }

  weigh(namespaceNo: number, ordinals: readonly number[]): RowsWeight {
    const count = (sql: string): number =>
      ordinals.reduce((sum, ordinal) => {
        const row = rowOf(namespaceNo, ordinal);
        return sum + (this.#db.get<{ count: number }>(sql, row)?.count ?? 0);
      }, 0);
    return { versions: count(readerSql.countVersions), vectors: count(readerSql.countVectors) };
  }

  byId(
    tenant: string,
    id: MemoryId,
  ): { namespaceNo: number; namespace: NamespaceName; row: RecordRow }[] {
    if (!isStorableId(id)) return [];
    const found = this.#db.allTuples<SqlPlace>(readerSql.byId, encodeId(id), tenant);
    return found.map((row) => ({
      namespaceNo: namespaceOf(row[0]),
      namespace: row[afterVector],
      row: decode(row),
    }));
  }

  byOrdinal(namespaceNo: number, ordinal: number): RecordRow | undefined {
    const row = this.#db.getTuple<SqlRecord>(readerSql.byRow, rowOf(namespaceNo, ordinal));
    return row && decode(row);
  }

  byKey(namespaceNo: number, keyHash: KeyHash, now: number): KeyState {
    const hash = encodeKeyHash(keyHash);
    const one = (sql: string): RecordRow | null => {
      const row = this.#db.getTuple<SqlRecord>(sql, namespaceNo, hash, now);
      return row ? decode(row) : null;
    };
    const count = (sql: string, ...params: number[]): number =>
      this.#db.get<{ turns: number }>(sql, namespaceNo, hash, ...params)?.turns ?? 0;
    return this.#db.snapshot(() => {
      const kept = count(readerSql.turns);
      const turns = kept === 0 ? 0 : kept - count(readerSql.expiredTurns, now);
      const lastTurn = turns === 0 ? null : one(readerSql.lastTurn);
      return { fact: one(readerSql.fact), lastTurn, turns };
    });
  }

  allByKey(namespaceNo: number, keyHash: KeyHash): { ordinal: number; version: number }[] {
    const rows = this.#db.all<{ row: number; version: number }>(
      readerSql.allByKey,
      namespaceNo,
      encodeKeyHash(keyHash),
    );
    return rows.map(({ row, version }) => ({ ordinal: ordinalOf(row), version }));
  }

  page(namespaceNo: number, query: PageQuery, now: number): RecordRow[] {
    const rows = this.#db.allTuples<SqlRecord>(
      pageSql(query),
      ...pageParams(namespaceNo, query, now),
    );
    return rows.map(decode);
  }

  receipts(tenant: string, id: KeyHash, now: number): KeptReceipt[] {
    const found = this.#db.all<SqlReceipt>(readerSql.receipts, tenant, encodeKeyHash(id), now);
    return found.map((row) => decodeReceipt(id, row));
  }

  versions(namespaceNo: number, ordinal: number, query: VersionQuery): RecordRow[] {
    const row = rowOf(namespaceNo, ordinal);
    const { below = all, writtenBy = all, seqMax = all, limit = all } = query;
    return this.#db.snapshot(() => {
      const bounds = [below, writtenBy, seqMax, limit];
      const former = this.#db.allTuples<SqlVersion>(readerSql.versions, row, ...bounds);
      // A version without a body has the body of the one after it.
      let body = this.#bodyAbove(row, former[0]);
      if (body === undefined) return [];
      const records: RecordRow[] = [];
      for (const version of former) {
        body = version[afterMemory] ?? body;
        records.push(decodeRecord(version, body, false));
      }
      return records;
    });
  }

  /** Of the next version that has one, else of the current one; undefined without a version. */
  #bodyAbove(row: number, version: SqlVersion | undefined): Uint8Array | undefined {
    if (version === undefined) return undefined;
    const own = version[afterMemory];
    if (own) return own;
    const sql = readerSql.bodyAbove;
    const next = this.#db.getTuple<readonly [Uint8Array]>(sql, row, version[versionPlace]);
    return next?.[0] ?? this.#db.getTuple<SqlRecord>(readerSql.byRow, row)?.[afterMemory];
  }
}
