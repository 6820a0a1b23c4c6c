/** Control documents in PostgreSQL. Keys and values are bytes: their order is that of bytes. */
import type { ControlDocument, ControlPage, ControlPort } from '../../ports/control.ts';
import type { Database, Value } from './database.ts';
import { textOf } from './row-codec.ts';

// Byte FF is in no UTF-8 text, so it follows every key with the prefix.
export const controlSql = {
  get: 'SELECT key, value, version FROM reverie.control WHERE key = $1::bytea',
  list: `SELECT key, value, version FROM reverie.control
    WHERE key >= $1::bytea AND key < $1::bytea || '\\xff'::bytea ORDER BY key`,
  page: `SELECT key, value, version FROM reverie.control
    WHERE key >= $1::bytea AND key < coalesce($2::bytea, $1::bytea || '\\xff'::bytea)
    ORDER BY key DESC LIMIT $3`,
  put: 'SELECT reverie.put_document($1::bytea, $2::bytea, $3) AS version',
  delete: 'DELETE FROM reverie.control WHERE key = $1::bytea RETURNING 1',
};

interface SqlDocument {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly version: number;
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

export class PostgresControl implements ControlPort {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async get(key: string): Promise<ControlDocument | undefined> {
    return (await this.#read(controlSql.get, bytesOf(key)))[0];
  }

  async putIfVersion(key: string, value: string, expected: number): Promise<number | undefined> {
    const values = [bytesOf(key), bytesOf(value), expected];
    const [row] = await this.#database.write<{ version: number | null }>(
      undefined,
      controlSql.put,
      values,
    );
    return row?.version ?? undefined;
  }

  async delete(key: string): Promise<boolean> {
    const gone = await this.#database.write(undefined, controlSql.delete, [bytesOf(key)]);
    return gone.length > 0;
  }

  list(prefix: string, page?: ControlPage): Promise<ControlDocument[]> {
    if (page === undefined) return this.#read(controlSql.list, bytesOf(prefix));
    const before = page.before === undefined ? null : bytesOf(page.before);
    return this.#read(controlSql.page, bytesOf(prefix), before, page.limit);
  }

  async #read(sql: string, ...values: Value[]): Promise<ControlDocument[]> {
    const rows = await this.#database.read<SqlDocument & Record<string, unknown>>('*', sql, values);
    return rows.map(({ key, value, version }) => ({
      ...{ key: textOf(key), value: textOf(value), version },
    }));
  }
}
