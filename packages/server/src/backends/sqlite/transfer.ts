/** Moves a data folder's store, out and in, while nobody else has the folder. */
import { existsSync } from 'node:fs';
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
import { Checkpointer } from './checkpointer.ts';
import { Connection } from './connection.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { migrate } from './migrations/migrate.ts';
import { fromFault, toFault } from './sqlite-errors.ts';
import { databasePath, makeFile, makeFolder } from './store-files.ts';
import { countSql, transferReaders } from './transfer-readers.ts';
import { transferWriters } from './transfer-writers.ts';

/**
 * `role`: a source must be there, a target is made. Throws migration_refused for a folder without
 * a store, folder_locked while a server runs on it, and what the store says.
 */
export async function openSqliteTransfer(
  folder: string,
  role: 'source' | 'target',
): Promise<StoreTransfer> {
  if (role === 'source' && !existsSync(databasePath(folder))) {
    throw new MemoryError('migration_refused', `There is no store in ${folder}.`);
  }
  let lock: FolderLock | undefined;
  let db: Connection | undefined;
  try {
    makeFolder(folder);
    lock = await lockFolder(folder);
    makeFile(databasePath(folder));
    db = new Connection(databasePath(folder), 'write');
    migrate(db);
    return new SqliteTransfer(folder, db, lock);
  } catch (error) {
    db?.close();
    lock?.release();
    throw MemoryError.isInstance(error) ? error : fromFault(toFault(error, folder));
  }
}

class SqliteTransfer implements StoreTransfer {
  readonly name = 'sqlite';
  readonly #folder: string;
  readonly #db: Connection;
  readonly #lock: FolderLock;
  readonly #checkpointer: Checkpointer;
  readonly #readers: PartReaders;
  readonly #writers: PartWriters<void>;

  constructor(folder: string, db: Connection, lock: FolderLock) {
    this.#folder = folder;
    this.#db = db;
    this.#lock = lock;
    this.#checkpointer = new Checkpointer(db);
    this.#readers = transferReaders(db);
    this.#writers = transferWriters(db);
  }

  read<Part extends StorePart>(
    part: Part,
    after: string | undefined,
    bytesMax: number,
  ): Promise<StorePage<StoreRows[Part]>> {
    return this.#coded(() => this.#readers[part](after, bytesMax));
  }

  count(part: StorePart): Promise<number> {
    return this.#coded(async () => this.#db.value<number>(countSql[part]) ?? 0);
  }

  mark(): Promise<TransferMark | undefined> {
    return this.#coded(async () => this.#mark());
  }

  write<Part extends StorePart>(
    page: PartRows<Part> | undefined,
    mark: string | undefined,
    expected: number,
  ): Promise<boolean> {
    return this.#coded(async () => {
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        if ((this.#mark()?.version ?? 0) !== expected) return false;
        if (page) this.#writers[page.part](page.rows);
        if (mark === undefined) this.#db.run(markSql.drop, transferMarkKey);
        else this.#db.run(markSql.put, transferMarkKey, Buffer.from(mark), expected + 1);
        this.#db.exec('COMMIT');
      } finally {
        this.#db.rollback();
      }
      this.#quietly(() => this.#checkpointer.afterGroup());
      return true;
    });
  }

  async close(): Promise<void> {
    this.#quietly(() => this.#checkpointer.atClose());
    this.#db.close();
    this.#lock.release();
  }

  /** A checkpoint that fails (no space) loses nothing: the log keeps what it has. */
  #quietly(checkpoint: () => void): void {
    try {
      checkpoint();
    } catch {
      this.#db.rollback();
    }
  }

  #mark(): TransferMark | undefined {
    const found = this.#db.get<{ value: Uint8Array; version: number }>(
      markSql.get,
      transferMarkKey,
    );
    return found && { value: Buffer.from(found.value).toString('utf8'), version: found.version };
  }

  async #coded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw fromFault(toFault(error, this.#folder));
    }
  }
}

const markSql = {
  get: 'SELECT value, version FROM control WHERE key = ?',
  put: 'INSERT OR REPLACE INTO control (key, value, version) VALUES (?, ?, ?)',
  drop: 'DELETE FROM control WHERE key = ?',
};
