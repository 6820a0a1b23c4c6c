/** Puts raw rows of another store in place: a page is one or two statements. */
import type { PoolClient } from 'pg';
import { audiences } from '../../domain/memory.ts';
import type { ControlDocument } from '../../ports/control.ts';
import { changeOps } from '../../ports/records.ts';
import type {
  ChangeRow,
  MemoryRow,
  NamespaceRow,
  PartWriters,
  ReceiptRow,
  VectorRow,
  VersionRow,
} from '../../ports/transfer.ts';
import { Blobs } from './blobs.ts';
import { encodeColumns, hexOfId, hexOfKeyHash, sharedColumns } from './row-codec.ts';

/** Names and types of what a page brings as JSON. A jsonb is the place of a byte string. */
const columnTypes = {
  ...{ no: 'int', tenant: 'text', name: 'text', namespace_no: 'int', ordinal: 'bigint' },
  ...{ seq: 'bigint', id: 'bytea', version: 'int', kind: 'smallint', audience: 'smallint' },
  ...{ trust: 'smallint', key_hash: 'bytea', created_at: 'bigint', updated_at: 'bigint' },
  ...{ occurred_at: 'bigint', valid_from: 'bigint', valid_to: 'bigint', expires_at: 'bigint' },
  ...{ superseded_at: 'bigint', supersedes: 'bytea', superseded_by: 'bytea' },
  ...{ archived: 'boolean', pinned: 'boolean', importance: 'float8', confidence: 'float8' },
  ...{ body: 'jsonb', analysis: 'jsonb', vectors: 'jsonb', note: 'jsonb', key: 'jsonb' },
  ...{ value: 'jsonb', epoch: 'int', erase_seq: 'bigint', next_ordinal: 'bigint' },
  ...{ memories: 'bigint', changed_at: 'bigint', generation: 'int', arrivals: 'bigint' },
  ...{ stored_bytes: 'bigint', part: 'int', fingerprint: 'bytea', arrival: 'bigint' },
  ...{ op: 'smallint', erased_audience: 'smallint', erased_at: 'bigint', erased_id: 'bytea' },
} as const;
type Column = keyof typeof columnTypes;

/** `$1` is the page, `$2` the byte strings. */
const from = (columns: readonly Column[]): string =>
  `FROM jsonb_to_recordset($1::jsonb) AS r (${columns
    .map((name) => `${name} ${columnTypes[name]}`)
    .join(', ')})`;

const taken = (columns: readonly Column[]): string =>
  columns
    .map((name) => (columnTypes[name] === 'jsonb' ? `reverie.part($2, r.${name})` : `r.${name}`))
    .join(', ');

/** Rows of a namespace, which says whose they are. */
const insertOfNamespace = (table: string, columns: readonly Column[]): string =>
  `INSERT INTO reverie.${table} (tenant_no, ${columns.join(', ')})
  SELECT n.tenant_no, ${taken(columns)} ${from(columns)}
  JOIN reverie.namespaces n ON n.no = r.namespace_no`;

const versionColumns = ['namespace_no', 'ordinal', 'seq', ...sharedColumns, 'body'] as const;
const memoryColumns = [...versionColumns, 'analysis'] as const;
const changeColumns = [
  ...(['namespace_no', 'seq', 'op', 'ordinal', 'version'] as const),
  ...(['erased_id', 'erased_audience', 'erased_at'] as const),
];
const namespaceColumns = [
  ...(['no', 'name', 'epoch', 'seq', 'erase_seq', 'next_ordinal', 'memories'] as const),
  ...(['created_at', 'changed_at', 'generation', 'arrivals', 'stored_bytes'] as const),
];
const receiptColumns = [
  ...(['id', 'part', 'fingerprint', 'note', 'seq', 'ordinal', 'version'] as const),
  ...(['created_at', 'updated_at', 'expires_at'] as const),
];
const documentColumns = ['key', 'value', 'version'] as const;
const vectorColumns = ['namespace_no', 'ordinal', 'generation', 'arrival', 'vectors'] as const;

const insertOfTenant = (table: string, columns: readonly Column[]): string =>
  `INSERT INTO reverie.${table} (tenant_no, ${columns.join(', ')})
  SELECT t.no, ${taken(columns)} ${from(['tenant', ...columns])}
  JOIN reverie.tenants t ON t.name = r.tenant`;

const sql = {
  last: 'UPDATE reverie.store SET last_namespace_no = $1',
  closed: 'INSERT INTO reverie.closed_generations SELECT unnest($1::int[])',
  tenants: `INSERT INTO reverie.tenants (name) SELECT DISTINCT r.tenant ${from(['tenant'])}
    ON CONFLICT DO NOTHING`,
  namespaces: insertOfTenant('namespaces', namespaceColumns),
  receipts: insertOfTenant('receipts', receiptColumns),
  documents: `INSERT INTO reverie.control (${documentColumns.join(', ')})
    SELECT ${taken(documentColumns)} ${from(documentColumns)}`,
  memories: insertOfNamespace('memories', memoryColumns),
  // Kept so that no reader has to count the live turns of a thread.
  turns: `INSERT INTO reverie.threads AS t (tenant_no, namespace_no, key_hash, turns)
    SELECT n.tenant_no, r.namespace_no, r.key_hash, count(*) ${from([
      ...(['namespace_no', 'kind', 'key_hash', 'archived', 'superseded_at'] as const),
    ])}
    JOIN reverie.namespaces n ON n.no = r.namespace_no
    WHERE r.kind = 0 AND NOT r.archived AND r.superseded_at IS NULL AND r.key_hash IS NOT NULL
    GROUP BY n.tenant_no, r.namespace_no, r.key_hash
    ON CONFLICT (namespace_no, key_hash) DO UPDATE SET turns = t.turns + excluded.turns`,
  versions: insertOfNamespace('versions', versionColumns),
  vectors: insertOfNamespace('vectors', vectorColumns),
  changes: insertOfNamespace('changes', changeColumns),
};

type Work = (client: PoolClient) => Promise<void>;

/** Each gives what is to be done inside of a transaction of the server itself. */
export function transferWriters(): PartWriters<Work> {
  return {
    store: (rows) => async (client) => {
      for (const { lastNamespaceNo, closedGenerations } of rows) {
        await client.query(sql.last, [lastNamespaceNo]);
        await client.query(sql.closed, [closedGenerations]);
      }
    },
    namespaces: adding(encodeNamespace, sql.namespaces, sql.tenants),
    documents: adding(encodeDocument, sql.documents),
    receipts: adding(encodeReceipt, sql.receipts, sql.tenants),
    memories: adding(encodeMemory, sql.memories, sql.turns),
    versions: adding(encodeVersion, sql.versions),
    vectors: adding(encodeVectors, sql.vectors),
    changes: adding(encodeChange, sql.changes),
  };
}

/** `before` takes the same page. */
function adding<Row>(
  encode: (row: Row, blobs: Blobs) => object,
  insert: string,
  before?: string,
): (rows: readonly Row[]) => Work {
  return (rows) => async (client) => {
    if (rows.length === 0) return;
    const blobs = new Blobs();
    const page = JSON.stringify(rows.map((row) => encode(row, blobs)));
    if (before) await client.query(before, [page]);
    await client.query(insert, insert.includes('$2') ? [page, blobs.whole()] : [page]);
  };
}

const encodeNamespace = (row: NamespaceRow): object => ({
  ...{ no: row.no, tenant: row.tenant, name: row.name, epoch: row.epoch, seq: row.seq },
  ...{ erase_seq: row.eraseSeq, next_ordinal: row.nextOrdinal, memories: row.memories },
  ...{ created_at: row.createdAt, changed_at: row.changedAt, generation: row.generation },
  ...{ arrivals: row.arrivals, stored_bytes: row.storedBytes },
});

const encodeDocument = ({ key, value, version }: ControlDocument, blobs: Blobs): object => ({
  ...{ key: blobs.addText(key), value: blobs.addText(value), version },
});

const encodeReceipt = (receipt: ReceiptRow, blobs: Blobs): object => {
  const { tenant, id, part, fingerprint, note, applied, expiresAt } = receipt;
  return {
    ...{ tenant, id: hexOfKeyHash(id), part, fingerprint: hexOfKeyHash(fingerprint) },
    ...{ note: blobs.addText(note), expires_at: expiresAt },
    ...{ seq: applied?.seq, ordinal: applied?.ordinal, version: applied?.version },
    ...{ created_at: applied?.createdAt, updated_at: applied?.updatedAt },
  };
};

const encodeMemory = ({ body, analysis, ...row }: MemoryRow, blobs: Blobs): object => ({
  ...{ ...encodeRow(row), body: blobs.add(body), analysis: blobs.orNull(analysis) },
});

const encodeVersion = ({ body, ...row }: VersionRow, blobs: Blobs): object => ({
  ...{ ...encodeRow(row), body: blobs.orNull(body) },
});

const encodeVectors = (row: VectorRow, blobs: Blobs): object => {
  const { namespaceNo, ordinal, generation, arrival, vectors } = row;
  const place = { namespace_no: namespaceNo, ordinal, generation, arrival };
  return { ...place, vectors: blobs.orNull(vectors) };
};

const encodeChange = (row: ChangeRow): object => {
  const { namespaceNo, seq, op, ordinal, version, erased } = row;
  return {
    ...{ namespace_no: namespaceNo, seq, op: changeOps.indexOf(op), ordinal, version },
    ...(erased && { erased_id: hexOfId(erased.id), erased_at: erased.at }),
    ...(erased && { erased_audience: audiences.indexOf(erased.audience) }),
  };
};

/** With what the backend assigns otherwise. */
function encodeRow(row: Omit<VersionRow, 'body'>): object {
  const { namespaceNo, ordinal, seq, version, createdAt, updatedAt } = row;
  const assigned = { version, created_at: createdAt, updated_at: updatedAt };
  return { namespace_no: namespaceNo, ordinal, seq, ...encodeColumns(row), ...assigned };
}
