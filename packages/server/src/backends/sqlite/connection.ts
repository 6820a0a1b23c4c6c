/** One SQLite connection with its settings in force and its statements cached. */
import { DatabaseSync } from '@photostructure/sqlite';
import { MemoryError } from '../../domain/errors.ts';

type Database = InstanceType<typeof DatabaseSync>;
type Statement = ReturnType<Database['prepare']>;
export type SqlValue = null | number | string | Uint8Array;

/** Older versions can lose a WAL reset when two connections checkpoint, sqlite.org/wal.html */
const sqliteVersionMin = [3, 51, 3] as const;
export const pageSizeBytes = 8192;
/** Connections wait this long for each other; only a checkpoint or an opening ever holds. */
const busyTimeoutMs = 5000;

/** `write` is for the writer thread alone; every other thread opens `read`. */
export type ConnectionMode = 'read' | 'write';

export class Connection {
  readonly #db: Database;
  readonly #statements = new Map<string, Statement>();
  readonly #tupleStatements = new Map<string, Statement>();

  /** Throws SQLite's errors, and store_unavailable where a setting did not take. */
  constructor(path: string, mode: ConnectionMode) {
    this.#db = new DatabaseSync(path, {
      readOnly: mode === 'read',
      enableForeignKeyConstraints: false,
      timeout: busyTimeoutMs,
    });
    try {
      checkVersion(this.value<string>('SELECT sqlite_version()'));
      if (mode === 'write') this.#setUpWriting();
      this.exec('PRAGMA temp_store = MEMORY');
      this.exec('PRAGMA trusted_schema = OFF');
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get isTransaction(): boolean {
    return this.#db.isTransaction;
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  run(sql: string, ...params: SqlValue[]): { changes: number } {
    return this.#statement(sql).run(...params);
  }

  /** The first row. The type is the statement's; nothing checks it at run time. */
  get<Row>(sql: string, ...params: SqlValue[]): Row | undefined {
    return this.#statement(sql).get(...params);
  }

  all<Row>(sql: string, ...params: SqlValue[]): Row[] {
    return this.#statement(sql).all(...params);
  }

  /** The first row as an array. A wide row costs a third of what it costs as an object. */
  getTuple<Row extends readonly SqlValue[]>(sql: string, ...params: SqlValue[]): Row | undefined {
    return this.#tupleStatement(sql).get(...params);
  }

  allTuples<Row extends readonly SqlValue[]>(sql: string, ...params: SqlValue[]): Row[] {
    return this.#tupleStatement(sql).all(...params);
  }

  /** The only column of the only row, for pragmas and counts. */
  value<Value extends SqlValue>(sql: string): Value | undefined {
    const row = this.#db.prepare(sql).get();
    return row === undefined ? undefined : Object.values<Value>(row)[0];
  }

  /** Runs `read` on one snapshot. It is synchronous, so no read transaction lasts. */
  snapshot<Result>(read: () => Result): Result {
    this.exec('BEGIN');
    try {
      return read();
    } finally {
      this.rollback();
    }
  }

  /** Ends whatever transaction is open; SQLite may have ended it already after a fault. */
  rollback(): void {
    if (this.#db.isTransaction) this.exec('ROLLBACK');
  }

  /**
   * The library finalizes statements only when they are collected, so until then (or the end of
   * the thread) the files stay open. No other connection waits for that.
   */
  close(): void {
    this.#statements.clear();
    this.#tupleStatements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #tupleStatement(sql: string): Statement {
    const known = this.#tupleStatements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    this.#tupleStatements.set(sql, statement);
    return statement;
  }

  /**
   * Durability is set explicitly and read back: this library is compiled with
   * DEFAULT_WAL_SYNCHRONOUS=1, which would not fsync a commit.
   */
  #setUpWriting(): void {
    this.exec(`PRAGMA page_size = ${pageSizeBytes}`);
    this.exec('PRAGMA journal_mode = WAL');
    this.exec('PRAGMA synchronous = FULL');
    // Freed cells and pages are overwritten, so that erased content does not stay in the file.
    // Measured: no difference beyond noise for inserts, updates and 300 KB blobs.
    this.exec('PRAGMA secure_delete = ON');
    this.exec('PRAGMA wal_autocheckpoint = 0');
    this.exec('PRAGMA cache_size = -16384');
    const inForce: readonly (readonly [string, SqlValue])[] = [
      ['journal_mode', 'wal'],
      ['synchronous', 2],
      ['secure_delete', 1],
      ['wal_autocheckpoint', 0],
    ];
    for (const [pragma, expected] of inForce) {
      const actual = this.value(`PRAGMA ${pragma}`);
      if (actual === expected) continue;
      const message = `SQLite did not accept ${pragma} = ${expected}; it says ${actual}.`;
      throw new MemoryError('store_unavailable', message);
    }
  }
}

/** Throws store_unavailable for an SQLite that is too old. */
export function checkVersion(version: string | undefined): void {
  const parts = (version ?? '').split('.').map(Number);
  for (const [i, least] of sqliteVersionMin.entries()) {
    const part = parts[i] ?? 0;
    if (part > least) return;
    if (part < least) {
      const message = `SQLite ${version} is too old; ${sqliteVersionMin.join('.')} is needed.`;
      throw new MemoryError('store_unavailable', message);
    }
  }
}
