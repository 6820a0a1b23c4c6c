/** Control documents in PostgreSQL. Keys and values are bytes: their order is that of bytes. */
import {
  type ControlDocument,
  type ControlPage,
  type ControlPort,
  type HeldChanges,
  isHeld,
} from '../../ports/control.ts';
import { invariant } from '../../util/invariant.ts';
import type { Database, Value } from './database.ts';
import { textOf } from './row-codec.ts';

/** Keys that are told one by one. */
const heldKeysMax = 1_000;

// Byte FF is in no UTF-8 text, so it follows every key with the prefix.
export const controlSql = {
  get: 'SELECT key, value, version FROM reverie.control WHERE key = $1::bytea',
  list: `SELECT key, value, version FROM reverie.control
    WHERE key >= $1::bytea AND key < $1::bytea || '\\xff'::bytea ORDER BY key`,
  page: `SELECT key, value, version FROM reverie.control
    WHERE key >= $1::bytea AND key < coalesce($2::bytea, $1::bytea || '\\xff'::bytea)
    ORDER BY key DESC LIMIT $3`,
  put: 'SELECT reverie.put_document($1::bytea, $2::bytea, $3, $4) AS version',
  delete: 'SELECT reverie.delete_document($1::bytea, $2) AS done',
  // One snapshot: a change that is not in it has a higher number than the mark.
  heldChanges: `SELECT m.last_no AS mark,
      coalesce((SELECT min(no) FROM reverie.held_changes), m.last_no + 1) AS first,
      coalesce((SELECT jsonb_agg(key) FROM (
        SELECT DISTINCT convert_from(key, 'UTF8') AS key FROM reverie.held_changes
        WHERE no > coalesce($1::bigint, m.last_no) LIMIT ${heldKeysMax + 1}
      ) AS changed), '[]'::jsonb) AS keys
    FROM reverie.held_mark m`,
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
    const values = [bytesOf(key), bytesOf(value), expected, isHeld(key)];
    const [row] = await this.#database.write<{ version: number | null }>(
      undefined,
      controlSql.put,
      values,
    );
    return row?.version ?? undefined;
  }

  async delete(key: string): Promise<boolean> {
    const values = [bytesOf(key), isHeld(key)];
    const [row] = await this.#database.write<{ done: boolean }>(
      undefined,
      controlSql.delete,
      values,
    );
    return row?.done ?? false;
  }

  async heldChanges(mark?: number): Promise<HeldChanges> {
    type Found = { mark: number; first: number; keys: string[] };
    const [row] = await this.#database.read<Found>('*', controlSql.heldChanges, [mark ?? null]);
    invariant(row, 'the mark is a row');
    const isWhole = mark === undefined || (mark + 1 >= row.first && mark <= row.mark);
    return {
      mark: row.mark,
      keys: isWhole && row.keys.length <= heldKeysMax ? row.keys : undefined,
    };
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
