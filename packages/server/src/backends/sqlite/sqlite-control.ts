/** Control documents in the SQLite store. */
import type { ControlDocument, ControlPort } from '../../ports/control.ts';
import { fromFault, toFault } from './sqlite-errors.ts';
import type { StoreThread } from './tenant-records.ts';

interface SqlDocument {
  readonly key: string;
  readonly value: Uint8Array;
  readonly version: number;
}

export const controlSql = {
  get: 'SELECT key, value, version FROM control WHERE key = ?',
  // Byte FF is in no UTF-8 text, so it follows every key with the prefix.
  list: `SELECT key, value, version FROM control
    WHERE key >= ?1 AND key < ?1 || CAST(x'ff' AS TEXT) ORDER BY key`,
};

export class SqliteControl implements ControlPort {
  readonly #thread: StoreThread;

  constructor(thread: StoreThread) {
    this.#thread = thread;
  }

  async get(key: string): Promise<ControlDocument | undefined> {
    return this.#read(controlSql.get, key)[0];
  }

  putIfVersion(key: string, value: string, expected: number): Promise<number | undefined> {
    const request = { kind: 'putControl', key, value, expected } as const;
    return this.#thread.writer.write(request, value.length);
  }

  delete(key: string): Promise<boolean> {
    return this.#thread.writer.write({ kind: 'deleteControl', key });
  }

  async list(prefix: string): Promise<ControlDocument[]> {
    return this.#read(controlSql.list, prefix);
  }

  #read(sql: string, key: string): ControlDocument[] {
    try {
      const rows = this.#thread.db.all<SqlDocument>(sql, key);
      return rows.map((row) => ({ ...row, value: Buffer.from(row.value).toString('utf8') }));
    } catch (error) {
      throw fromFault(toFault(error, this.#thread.folder));
    }
  }
}
