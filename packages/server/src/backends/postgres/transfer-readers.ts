/** Pages of the raw rows of a store: the database itself ends a page that is large enough. */
import type { QueryResultRow } from 'pg';
import type { TenantId } from '../../domain/memory.ts';
import type {
  ChangeRow,
  MemoryRow,
  NamespaceRow,
  PartReaders,
  ReceiptRow,
  StoreFacts,
  StorePage,
  StorePart,
  VectorRow,
  VersionRow,
} from '../../ports/transfer.ts';
import type { Database } from './database.ts';
import {
  decodeChange,
  decodeColumns,
  decodeKeyHash,
  decodeNamespace,
  decodeReceipt,
  type SqlChange,
  type SqlNamespace,
  type SqlReceipt,
  type SqlRow,
  textOf,
} from './row-codec.ts';

/** Rows of a page at most: small ones would otherwise be hundred thousands. */
const rowsMax = 2000;

/** A table in the order of its primary key. */
interface Table {
  readonly name: string;
  /** The columns of the key with their types; a cursor has a value for each. */
  readonly key: readonly (readonly [column: string, type: string])[];
  /** Bytes of a row that are bounded. */
  readonly size: string;
  /** Joined to the rows of a page. */
  readonly tenant?: true;
}

const tables = {
  namespaces: { name: 'namespaces', key: [['no', 'int']], size: '0', tenant: true },
  documents: { name: 'control', key: [['key', 'bytea']], size: 'octet_length(value)' },
  receipts: {
    name: 'receipts',
    key: [
      ['tenant_no', 'int'],
      ['id', 'bytea'],
      ['part', 'int'],
    ],
    size: 'octet_length(note)',
    tenant: true,
  },
  memories: {
    name: 'memories',
    key: [
      ['namespace_no', 'int'],
      ['ordinal', 'bigint'],
    ],
    size: 'octet_length(body) + coalesce(octet_length(analysis), 0)',
  },
  versions: {
    name: 'versions',
    key: [
      ['namespace_no', 'int'],
      ['ordinal', 'bigint'],
      ['version', 'int'],
    ],
    size: 'coalesce(octet_length(body), 0)',
  },
  vectors: {
    name: 'vectors',
    key: [
      ['namespace_no', 'int'],
      ['ordinal', 'bigint'],
      ['generation', 'int'],
    ],
    size: 'coalesce(octet_length(vectors), 0)',
  },
  changes: {
    name: 'changes',
    key: [
      ['namespace_no', 'int'],
      ['seq', 'bigint'],
    ],
    size: '0',
  },
} as const satisfies Partial<Record<StorePart, Table>>;

const countOf = ({ name }: Table): string => `SELECT count(*) AS rows FROM reverie.${name}`;

export const countSql: Readonly<Record<StorePart, string>> = {
  store: 'SELECT 1 AS rows',
  namespaces: countOf(tables.namespaces),
  documents: countOf(tables.documents),
  receipts: countOf(tables.receipts),
  memories: countOf(tables.memories),
  versions: countOf(tables.versions),
  vectors: countOf(tables.vectors),
  changes: countOf(tables.changes),
};

interface OfNamespace extends QueryResultRow {
  readonly namespace_no: number;
}
type SqlWholeNamespace = QueryResultRow &
  SqlNamespace & {
    readonly tenant: TenantId;
    readonly next_ordinal: number;
    readonly arrivals: number;
    readonly stored_bytes: number;
  };
type SqlWholeReceipt = QueryResultRow &
  SqlReceipt & { readonly tenant: TenantId; readonly id: Uint8Array; readonly expires_at: number };
type SqlMemory = OfNamespace &
  SqlRow & { readonly body: Uint8Array; readonly analysis: Uint8Array | null };
type SqlVersion = OfNamespace & SqlRow & { readonly body: Uint8Array | null };
type SqlVectors = OfNamespace & Omit<VectorRow, 'namespaceNo'>;
type SqlDocument = QueryResultRow & {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly version: number;
};

export function transferReaders(database: Database): PartReaders {
  const pages = <Row extends QueryResultRow, Found>(table: Table, decode: (row: Row) => Found) =>
    pagesOf(database, table, decode);
  return {
    store: async () => ({ rows: [await factsOf(database)], next: undefined }),
    namespaces: pages(tables.namespaces, decodeWhole),
    documents: pages(tables.documents, ({ key, value, version }: SqlDocument) => ({
      ...{ key: textOf(key), value: textOf(value), version },
    })),
    receipts: pages(tables.receipts, decodeWholeReceipt),
    memories: pages(tables.memories, decodeMemory),
    versions: pages(tables.versions, decodeVersion),
    vectors: pages(tables.vectors, decodeVectors),
    changes: pages(
      tables.changes,
      (row: SqlChange & OfNamespace): ChangeRow => ({
        ...decodeChange(row),
        namespaceNo: row.namespace_no,
      }),
    ),
  };
}

/** The sizes before a row are summed up, and what begins behind the limit is left out. */
function pagesOf<Row extends QueryResultRow, Found>(
  database: Database,
  { name, key, size, tenant }: Table,
  decode: (row: Row) => Found,
): (after: string | undefined, bytesMax: number) => Promise<StorePage<Found>> {
  const keys = key.map(([column]) => column).join(', ');
  const marks = key.map(([, type], i) => `$${i + 3}::${type}`).join(', ');
  const sqlOf = (isBehind: boolean): string => `SELECT p.*${tenant ? ', t.name AS tenant' : ''}
    FROM (SELECT r.*, coalesce(sum(size) OVER (ORDER BY ${keys}
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
      FROM (SELECT *, (${size})::bigint AS size FROM reverie.${name}
        ${isBehind ? `WHERE (${keys}) > (${marks})` : ''} ORDER BY ${keys} LIMIT $2) r) p
    ${tenant ? 'JOIN reverie.tenants t ON t.no = p.tenant_no' : ''}
    WHERE p.before < $1::bigint OR p.before = 0 ORDER BY ${keys.replaceAll(/\w+/g, 'p.$&')}`;
  return async (cursor, bytesMax) => {
    const after: (string | number)[] = cursor === undefined ? [] : JSON.parse(cursor);
    const values = [bytesMax, rowsMax, ...after];
    const rows = await database.read<Row>('*', sqlOf(cursor !== undefined), values);
    const last = rows.at(-1);
    const next = last && JSON.stringify(key.map(([column]) => cursorValue(last[column])));
    return { rows: rows.map(decode), next };
  };
}

/** As PostgreSQL reads it. */
function cursorValue(value: unknown): unknown {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value;
}

const factsSql = `SELECT last_namespace_no AS last, coalesce(
    (SELECT jsonb_agg(generation ORDER BY generation) FROM reverie.closed_generations), '[]'
  ) AS closed FROM reverie.store`;

async function factsOf(database: Database): Promise<StoreFacts> {
  const [row] = await database.read<{ last: number; closed: number[] }>('*', factsSql, []);
  return { lastNamespaceNo: row?.last ?? 0, closedGenerations: row?.closed ?? [] };
}

function decodeWhole(row: SqlWholeNamespace): NamespaceRow {
  const { tenant, next_ordinal: nextOrdinal, arrivals, stored_bytes: storedBytes } = row;
  return { ...decodeNamespace(row), tenant, nextOrdinal, arrivals, storedBytes };
}

function decodeWholeReceipt(row: SqlWholeReceipt): ReceiptRow {
  const { tenant, expires_at: expiresAt } = row;
  return { ...decodeReceipt(decodeKeyHash(row.id), row), tenant, expiresAt };
}

function decodeMemory(row: SqlMemory): MemoryRow {
  const { namespace_no: namespaceNo, ordinal, seq, body, analysis } = row;
  return { ...decodeColumns(row), namespaceNo, ordinal, seq, body, analysis };
}

function decodeVersion(row: SqlVersion): VersionRow {
  const { namespace_no: namespaceNo, ordinal, seq, body } = row;
  return { ...decodeColumns(row), namespaceNo, ordinal, seq, body };
}

function decodeVectors(row: SqlVectors): VectorRow {
  const { namespace_no: namespaceNo, ordinal, generation, arrival, vectors } = row;
  return { namespaceNo, ordinal, generation, arrival, vectors };
}
