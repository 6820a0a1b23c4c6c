/** Control documents in the SQLite store. */
import type { ControlDocument, ControlPage, ControlPort } from '../../ports/control.ts';
import type { SqlValue } from './connection.ts';
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
  page: `SELECT key, value, version FROM control
    WHERE key >= ?1 AND key < coalesce(?2, ?1 || CAST(x'ff' AS TEXT)) ORDER BY key DESC LIMIT ?3`,
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

  async list(prefix: string, page?: ControlPage): Promise<ControlDocument[]> {
    if (page === undefined) return this.#read(controlSql.list, prefix);
    const { before, limit } = page;
    return this.#read(controlSql.page, prefix, before ?? null, limit);
  }

  #read(sql: string, ...params: SqlValue[]): ControlDocument[] {
    try {
      const rows = this.#thread.db.all<SqlDocument>(sql, ...params);
      return rows.map((row) => ({ ...row, value: Buffer.from(row.value).toString('utf8') }));
    } catch (error) {
      throw fromFault(toFault(error, this.#thread.folder));
    }
  }
}
