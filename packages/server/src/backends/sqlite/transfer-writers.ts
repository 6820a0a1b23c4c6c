/** Puts raw rows of another store in place, inside of a transaction. */
import { audiences } from '../../domain/memory.ts';
import { changeOps } from '../../ports/records.ts';
import type { PartWriters } from '../../ports/transfer.ts';
import type { Connection, SqlValue } from './connection.ts';
import { encodeColumns, encodeId, encodeKeyHash, rowOf, sharedColumns } from './row-codec.ts';

const insert = (table: string, columns: readonly string[]): string =>
  `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;

const sql = {
  closed: insert('closed_generations', ['generation']),
  forgetLast: "DELETE FROM sqlite_sequence WHERE name = 'namespaces'",
  keepLast: "INSERT INTO sqlite_sequence (name, seq) VALUES ('namespaces', ?)",
  namespace: insert('namespaces', [
    ...['no', 'tenant', 'name', 'epoch', 'seq', 'erase_seq', 'next_ordinal', 'memories'],
    ...['created_at', 'changed_at', 'generation', 'arrivals', 'stored_bytes'],
  ]),
  document: insert('control', ['key', 'value', 'version']),
  receipt: insert('receipts', [
    ...['tenant', 'id', 'part', 'fingerprint', 'note', 'seq', 'ordinal', 'version'],
    ...['created_at', 'updated_at', 'expires_at'],
  ]),
  memory: insert('memories', ['row', 'namespace_no', 'seq', ...sharedColumns, 'body']),
  analysis: insert('analyses', ['row', 'analysis']),
  turn: `INSERT INTO threads (namespace_no, key_hash, turns) VALUES (?, ?, 1)
    ON CONFLICT DO UPDATE SET turns = turns + 1`,
  version: insert('versions', ['row', 'seq', ...sharedColumns, 'body']),
  vectors: insert('vectors', ['row', 'generation', 'namespace_no', 'arrival', 'vectors']),
  change: insert('changes', [
    ...['namespace_no', 'seq', 'op', 'ordinal', 'version'],
    ...['erased_id', 'erased_audience', 'erased_at'],
  ]),
};

export function transferWriters(db: Connection): PartWriters<void> {
  const each =
    <Row>(write: (row: Row) => void) =>
    (rows: readonly Row[]): void => {
      for (const row of rows) write(row);
    };
  const run = (statement: string, ...values: SqlValue[]) => db.run(statement, ...values);
  return {
    store: each(({ lastNamespaceNo, closedGenerations }) => {
      for (const generation of closedGenerations) run(sql.closed, generation);
      // What AUTOINCREMENT counts on from; there is no row before the first namespace.
      run(sql.forgetLast);
      run(sql.keepLast, lastNamespaceNo);
    }),
    namespaces: each((row) => {
      const numbers = [row.epoch, row.seq, row.eraseSeq, row.nextOrdinal, row.memories];
      const times = [row.createdAt, row.changedAt];
      const rest = [row.generation, row.arrivals, row.storedBytes];
      run(sql.namespace, row.no, row.tenant, row.name, ...numbers, ...times, ...rest);
    }),
    // Bytes, not text: SQLite ends a text at its first NUL.
    documents: each(({ key, value, version }) =>
      run(sql.document, key, Buffer.from(value, 'utf8'), version),
    ),
    receipts: each(({ tenant, id, part, fingerprint, note, applied, expiresAt }) => {
      const { seq = null, ordinal = null, version = null } = applied ?? {};
      const { createdAt = null, updatedAt = null } = applied ?? {};
      const names = [tenant, encodeKeyHash(id), part, encodeKeyHash(fingerprint), note];
      run(sql.receipt, ...names, seq, ordinal, version, createdAt, updatedAt, expiresAt);
    }),
    memories: each((memory) => {
      const { namespaceNo, ordinal, seq, body, analysis, keyHash, kind } = memory;
      const row = rowOf(namespaceNo, ordinal);
      run(sql.memory, row, namespaceNo, seq, ...encodeColumns(memory), body);
      if (analysis !== null) run(sql.analysis, row, analysis);
      const isTurn = kind === 'episode' && !memory.archived && memory.supersededAt === null;
      if (isTurn && keyHash !== null) run(sql.turn, namespaceNo, encodeKeyHash(keyHash));
    }),
    versions: each((version) => {
      const { namespaceNo, ordinal, seq, body } = version;
      run(sql.version, rowOf(namespaceNo, ordinal), seq, ...encodeColumns(version), body);
    }),
    vectors: each(({ namespaceNo, ordinal, generation, arrival, vectors }) =>
      run(sql.vectors, rowOf(namespaceNo, ordinal), generation, namespaceNo, arrival, vectors),
    ),
    changes: each(({ namespaceNo, seq, op, ordinal, version, erased }) => {
      const place = [namespaceNo, seq, changeOps.indexOf(op), ordinal, version];
      const gone = erased
        ? [encodeId(erased.id), audiences.indexOf(erased.audience), erased.at]
        : [null, null, null];
      run(sql.change, ...place, ...gone);
    }),
  };
}
