/** Moves a store in PostgreSQL, out and in. Nobody can write to one that is moved out. */
import type { PoolClient } from 'pg';
import { MemoryError } from '../../domain/errors.ts';
import {
  type PartReaders,
  type PartRows,
  type PartWriters,
  type StorePage,
  type StorePart,
  type StoreRows,
  type StoreTransfer,
  type TransferMark,
  transferMarkKey,
} from '../../ports/transfer.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { inspectServer } from './inspect-server.ts';
import { loadPg } from './load-pg.ts';
import { migrate } from './migrations/migrate.ts';
import { PostgresControl } from './postgres-control.ts';
import { holdStill, type Stillness } from './transfer-lock.ts';
import { countSql, transferReaders } from './transfer-readers.ts';
import { transferWriters } from './transfer-writers.ts';

const transferApplication = 'reverie migrate';

/** One holds the lock of a source, the others read and write. */
const poolMax = 4;
/** A page takes far less; counting the rows of a large table takes longer than a request may. */
const timeoutMs = 120_000;

/**
 * `role`: a source must be there, and nobody can write to it until it is closed; a target is made.
 * Throws migration_refused where there is no store, or a server works on it, and what PostgreSQL
 * says.
 */
export async function openPostgresTransfer(
  { url }: Pick<DatabaseOptions, 'url'>,
  role: 'source' | 'target',
): Promise<StoreTransfer> {
  const options = { url, poolMax, timeoutMs, application: transferApplication };
  const database = new Database(await loadPg(), options);
  let stillness: Stillness | undefined;
  try {
    await database.alone(async (client) => {
      await inspectServer(client);
      if (role === 'source') await requireStore(client);
      await migrate(client);
    });
    if (role === 'source') stillness = await holdStill(database);
    return new PostgresTransfer(database, stillness);
  } catch (error) {
    await stillness?.release();
    await database.close();
    throw error;
  }
}

async function requireStore(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ made: boolean }>(
    "SELECT to_regclass('reverie.schema_versions') IS NOT NULL AS made",
  );
  if (rows[0]?.made) return;
  const message = 'There is no store in the database: it has no schema "reverie".';
  throw new MemoryError('migration_refused', message);
}

class PostgresTransfer implements StoreTransfer {
  readonly name = 'postgres';
  readonly #database: Database;
  readonly #stillness: Stillness | undefined;
  readonly #readers: PartReaders;
  readonly #writers: PartWriters<(client: PoolClient) => Promise<void>>;
  readonly #control: PostgresControl;

  constructor(database: Database, stillness: Stillness | undefined) {
    this.#database = database;
    this.#stillness = stillness;
    this.#readers = transferReaders(database);
    this.#writers = transferWriters();
    this.#control = new PostgresControl(database);
  }

  async read<Part extends StorePart>(
    part: Part,
    after: string | undefined,
    bytesMax: number,
  ): Promise<StorePage<StoreRows[Part]>> {
    const page = await this.#readers[part](after, bytesMax);
    this.#stillness?.requireHeld();
    return page;
  }

  async count(part: StorePart): Promise<number> {
    const [row] = await this.#database.read<{ rows: number }>('*', countSql[part], []);
    return row?.rows ?? 0;
  }

  async mark(): Promise<TransferMark | undefined> {
    const found = await this.#control.get(transferMarkKey);
    return found && { value: found.value, version: found.version };
  }

  write<Part extends StorePart>(
    page: PartRows<Part> | undefined,
    mark: string | undefined,
    expected: number,
  ): Promise<boolean> {
    const add = page && this.#writers[page.part](page.rows);
    return this.#database.alone(async (client) => {
      // A commit waits for the disk, whatever the role is set to.
      await client.query('BEGIN; SET LOCAL synchronous_commit = on');
      try {
        await client.query("SET LOCAL reverie.tenant = '*'");
        // The mark first: its row keeps a second migration waiting until this one is through.
        const isOurs = await moveMark(client, mark, expected);
        if (isOurs) await add?.(client);
        await client.query(isOurs ? 'COMMIT' : 'ROLLBACK');
        return isOurs;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {});
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#stillness?.release();
    await this.#database.close();
  }
}

const markSql = {
  add: `INSERT INTO reverie.control (key, value, version) VALUES ($1, $2, 1)
    ON CONFLICT DO NOTHING`,
  replace:
    'UPDATE reverie.control SET value = $2, version = version + 1 WHERE key = $1 AND version = $3',
  drop: 'DELETE FROM reverie.control WHERE key = $1 AND version = $2',
};

async function moveMark(
  client: PoolClient,
  mark: string | undefined,
  expected: number,
): Promise<boolean> {
  const key = Buffer.from(transferMarkKey);
  const value = Buffer.from(mark ?? '');
  const run = () => {
    if (mark === undefined) return client.query(markSql.drop, [key, expected]);
    if (expected === 0) return client.query(markSql.add, [key, value]);
    return client.query(markSql.replace, [key, value, expected]);
  };
  return (await run()).rowCount === 1;
}
