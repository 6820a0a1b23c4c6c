/** Pages of the raw rows of a store: how much is taken is known before any of it is read. */
import type { KeyHash, TenantId } from '../../domain/memory.ts';
import type {
  ChangeRow,
  MemoryRow,
  NamespaceRow,
  PartReaders,
  ReceiptRow,
  StorePage,
  StorePart,
  VectorRow,
  VersionRow,
} from '../../ports/transfer.ts';
import type { Connection, SqlValue } from './connection.ts';
import {
  afterMemory,
  decodeChange,
  decodeColumns,
  decodeNamespace,
  decodeReceipt,
  namespaceOf,
  ordinalOf,
  type SqlChange,
  type SqlMemory,
  type SqlNamespace,
  type SqlReceipt,
  sharedColumns,
} from './row-codec.ts';

/** Rows of a page at most: small ones would otherwise be hundred thousands. */
const rowsMax = 2000;

/** A table in the order of its primary key. */
interface Table {
  /** The columns of the key; a cursor has a value for each. */
  readonly key: readonly string[];
  readonly from: string;
  readonly columns: string;
  /** Bytes of a row that are bounded. */
  readonly size: string;
}

const shared = sharedColumns.map((name) => `t.${name}`).join(', ');

const tables = {
  namespaces: { key: ['t.no'], from: 'namespaces t', columns: 't.*', size: '0' },
  documents: {
    key: ['t.key'],
    from: 'control t',
    columns: 't.key, t.value, t.version',
    size: 'length(t.value)',
  },
  receipts: {
    key: ['t.tenant', 't.id', 't.part'],
    from: 'receipts t',
    columns: 't.*',
    size: 'length(t.note)',
  },
  memories: {
    key: ['t.row'],
    from: 'memories t LEFT JOIN analyses a ON a.row = t.row',
    columns: `t.row, t.seq, ${shared}, t.body, a.analysis`,
    size: 'length(t.body) + coalesce(length(a.analysis), 0)',
  },
  versions: {
    key: ['t.row', 't.version'],
    from: 'versions t',
    columns: `t.row, t.seq, ${shared}, t.body`,
    size: 'coalesce(length(t.body), 0)',
  },
  vectors: {
    key: ['t.row', 't.generation'],
    from: 'vectors t',
    columns: 't.row, t.generation, t.arrival, t.vectors',
    size: 'coalesce(length(t.vectors), 0)',
  },
  changes: {
    key: ['t.namespace_no', 't.seq'],
    from: 'changes t',
    columns: 't.*',
    size: '0',
  },
} as const satisfies Partial<Record<StorePart, Table>>;

const countOf = ({ from }: Table): string => `SELECT count(*) FROM ${from.split(' ')[0]}`;

export const countSql: Readonly<Record<StorePart, string>> = {
  store: 'SELECT 1',
  namespaces: countOf(tables.namespaces),
  documents: countOf(tables.documents),
  receipts: countOf(tables.receipts),
  memories: countOf(tables.memories),
  versions: countOf(tables.versions),
  vectors: countOf(tables.vectors),
  changes: countOf(tables.changes),
};

type SqlWholeReceipt = SqlReceipt & {
  readonly tenant: string;
  readonly id: Uint8Array;
  readonly expires_at: number;
};
type SqlWholeMemory = readonly [...SqlMemory, body: Uint8Array, analysis: Uint8Array | null];
type SqlVersion = readonly [...SqlMemory, body: Uint8Array | null];
type SqlVectors = readonly [
  row: number,
  generation: number,
  arrival: number | null,
  vectors: Uint8Array | null,
];
interface SqlDocument {
  readonly key: string;
  readonly value: Uint8Array;
  readonly version: number;
}

export function transferReaders(db: Connection): PartReaders {
  const rows = <Row, Found extends object>(table: Table, decode: (row: Row) => Found) =>
    pagesOf(db, table, (sql, values) => db.all<Row>(sql, ...values).map(decode));
  const tuples = <Row extends readonly SqlValue[], Found extends object>(
    table: Table,
    decode: (row: Row) => Found,
  ) => pagesOf(db, table, (sql, values) => db.allTuples<Row>(sql, ...values).map(decode));
  return {
    store: async () => ({ rows: [factsOf(db)], next: undefined }),
    namespaces: rows(tables.namespaces, decodeWhole),
    documents: rows(tables.documents, ({ key, value, version }: SqlDocument) => ({
      ...{ key, value: Buffer.from(value).toString('utf8'), version },
    })),
    receipts: rows(tables.receipts, decodeWholeReceipt),
    memories: tuples(tables.memories, decodeMemory),
    versions: tuples(tables.versions, decodeVersion),
    vectors: tuples(tables.vectors, decodeVectors),
    changes: rows(tables.changes, decodeWholeChange),
  };
}

/** The first query finds the last key of the page by sizes alone, the second reads up to it. */
function pagesOf<Row>(
  db: Connection,
  { key, from, columns, size }: Table,
  all: (sql: string, values: readonly SqlValue[]) => Row[],
): (after: string | undefined, bytesMax: number) => Promise<StorePage<Row>> {
  const keys = key.join(', ');
  const marks = key.map(() => '?').join(', ');
  const order = `ORDER BY ${keys}`;
  const behind = (after: readonly SqlValue[]) =>
    after.length === 0 ? '' : `WHERE (${keys}) > (${marks})`;
  return async (cursor, bytesMax) => {
    const after = cursor === undefined ? [] : decodeCursor(cursor);
    const sizes = `SELECT ${keys}, ${size} FROM ${from} ${behind(after)} ${order} LIMIT ?`;
    const found = db.allTuples(sizes, ...after, rowsMax);
    let count = 0;
    for (let bytes = 0; count < found.length && (count === 0 || bytes < bytesMax); count++) {
      bytes += Number(found[count]?.at(-1));
    }
    const sql = `SELECT ${columns} FROM ${from} ${behind(after)} ${order} LIMIT ?`;
    const rows = all(sql, [...after, count]);
    const isLast = found.length < rowsMax && count === found.length;
    const end = found[count - 1]?.slice(0, -1);
    return { rows, next: isLast || end === undefined ? undefined : encodeCursor(end) };
  };
}

/** Byte strings as an object, so that they are told apart from text. */
function encodeCursor(key: readonly SqlValue[]): string {
  return JSON.stringify(
    key.map((value) =>
      value instanceof Uint8Array ? { hex: Buffer.from(value).toString('hex') } : value,
    ),
  );
}

function decodeCursor(cursor: string): SqlValue[] {
  const key: (string | number | { readonly hex: string })[] = JSON.parse(cursor);
  return key.map((value) => (typeof value === 'object' ? Buffer.from(value.hex, 'hex') : value));
}

function factsOf(db: Connection) {
  const closed = db.all<{ generation: number }>(
    'SELECT generation FROM closed_generations ORDER BY generation',
  );
  const last = db.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'namespaces'");
  const closedGenerations = closed.map(({ generation }) => generation);
  return { lastNamespaceNo: last?.seq ?? 0, closedGenerations };
}

function decodeWhole(row: SqlNamespace): NamespaceRow {
  const { tenant, next_ordinal: nextOrdinal, arrivals, stored_bytes: storedBytes } = row;
  return {
    ...decodeNamespace(row),
    tenant: tenant as TenantId,
    nextOrdinal,
    arrivals,
    storedBytes,
  };
}

function decodeWholeReceipt(row: SqlWholeReceipt): ReceiptRow {
  const id = Buffer.from(row.id).toString('hex') as KeyHash;
  const { tenant, expires_at: expiresAt } = row;
  return { ...decodeReceipt(id, row), tenant: tenant as TenantId, expiresAt };
}

const placeOf = (row: number) => ({ namespaceNo: namespaceOf(row), ordinal: ordinalOf(row) });

function decodeMemory(row: SqlWholeMemory): MemoryRow {
  const [body, analysis] = [row[afterMemory], row[22]];
  return { ...decodeColumns(row), ...placeOf(row[0]), seq: row[1], body, analysis };
}

function decodeVersion(row: SqlVersion): VersionRow {
  return { ...decodeColumns(row), ...placeOf(row[0]), seq: row[1], body: row[afterMemory] };
}

function decodeVectors([row, generation, arrival, vectors]: SqlVectors): VectorRow {
  return { ...placeOf(row), generation, arrival, vectors };
}

function decodeWholeChange(row: SqlChange & { readonly namespace_no: number }): ChangeRow {
  return { ...decodeChange(row), namespaceNo: row.namespace_no };
}
