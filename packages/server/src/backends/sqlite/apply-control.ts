/** Applies writes of control documents, inside the writer's transaction. */
import type { BatchDocument } from '../../ports/records.ts';
import type { Connection } from './connection.ts';
import { ExpectationFailed } from './expectation-failed.ts';

const sql = {
  version: 'SELECT version FROM control WHERE key = ?',
  put: 'INSERT OR REPLACE INTO control (key, value, version) VALUES (?, ?, ?)',
  drop: 'DELETE FROM control WHERE key = ?',
};

/** The new version, or undefined when the stored one is not `expected`. */
export function applyPutControl(
  db: Connection,
  { key, value, expected }: { key: string; value: string; expected: number },
): number | undefined {
  const found = db.get<{ version: number }>(sql.version, key)?.version ?? 0;
  if (found !== expected) return undefined;
  // Bytes, not text: SQLite ends a text at its first NUL.
  db.run(sql.put, key, Buffer.from(value, 'utf8'), found + 1);
  return found + 1;
}

/** Throws {@link ExpectationFailed} where a document has another version. */
export function applyDocuments(
  db: Connection,
  documents: readonly BatchDocument[],
  newest: { readonly seq: number; readonly at: number },
): void {
  for (const { key, value, expected, stamp } of documents) {
    const stamped = stamp === undefined ? value : { ...value, [stamp]: { ...newest } };
    const written = applyPutControl(db, { key, value: JSON.stringify(stamped), expected });
    if (written === undefined) throw new ExpectationFailed();
  }
}

/** True when there was something to delete. */
export function applyDeleteControl(db: Connection, { key }: { key: string }): boolean {
  return db.run(sql.drop, key).changes > 0;
}
