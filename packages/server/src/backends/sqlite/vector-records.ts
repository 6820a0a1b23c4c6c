/** Vectors of every tenant in the SQLite store. */
import type { TenantId } from '../../domain/memory.ts';
import type {
  GenerationCounts,
  PendingQuery,
  PendingRow,
  VectorRecords,
  VectorUpdate,
} from '../../ports/records.ts';
import { compactBytes } from '../../util/bytes.ts';
import { serverItself } from '../../util/fair-turns.ts';
import { createTurns } from '../../util/turns.ts';
import { hasPending } from './apply-vectors.ts';
import type { Connection } from './connection.ts';
import { namespaceOf, ordinalOf, rowOf } from './row-codec.ts';
import { fromFault, toFault } from './sqlite-errors.ts';
import type { StoreThread } from './tenant-records.ts';

export const pendingSql = {
  next: `SELECT row FROM vectors INDEXED BY vectors_pending
    WHERE generation = ? AND vectors IS NULL AND row >= ? AND row < ? ORDER BY row LIMIT 1`,
  newest: `SELECT row FROM vectors INDEXED BY vectors_pending
    WHERE generation = ? AND vectors IS NULL AND row >= ? AND row < ? ORDER BY row DESC LIMIT ?`,
  tenant: 'SELECT tenant FROM namespaces WHERE no = ?',
  nextUsed: `SELECT generation FROM namespaces
    WHERE generation > ? ORDER BY generation LIMIT 1`,
  namespaces: `SELECT no, tenant FROM namespaces
    WHERE generation = ? AND no > ? ORDER BY no LIMIT ?`,
  countNamespaces: 'SELECT count(*) FROM namespaces WHERE generation = ?',
  countRest: `SELECT count(*) FROM vectors INDEXED BY vectors_pending
    WHERE generation = ? AND vectors IS NULL AND row > ?`,
  chunkEnd: `SELECT row FROM vectors INDEXED BY vectors_pending
    WHERE generation = ? AND vectors IS NULL AND row > ? ORDER BY row LIMIT 1 OFFSET ?`,
  countEmptyRest: `SELECT count(*) FROM vectors INDEXED BY vectors_empty
    WHERE generation = ? AND vectors = x'' AND row > ?`,
  emptyChunkEnd: `SELECT row FROM vectors INDEXED BY vectors_empty
    WHERE generation = ? AND vectors = x'' AND row > ? ORDER BY row LIMIT 1 OFFSET ?`,
};

/** Rows counted in one go: about a millisecond, so that a count leaves others their turns. */
const countedAtOnce = 1_000;

export class SqliteVectorRecords implements VectorRecords {
  readonly #thread: StoreThread;

  constructor(thread: StoreThread) {
    this.#thread = thread;
  }

  pending(query: PendingQuery): Promise<PendingRow[]> {
    return this.#read((db) => {
      const found: PendingRow[] = [];
      const { afterNamespace, limit } = query;
      // Behind the namespace to the end, then from the beginning up to it.
      const halves = [
        [afterNamespace + 1, Number.POSITIVE_INFINITY],
        [0, afterNamespace + 1],
      ] as const;
      for (const [from, end] of halves) {
        let no = nextPending(db, query.generation, from);
        while (no !== undefined && no < end && found.length < limit) {
          found.push(...newestOf(db, query, no, limit - found.length));
          no = nextPending(db, query.generation, no + 1);
        }
      }
      return found;
    });
  }

  save(generation: number, rows: readonly VectorUpdate[]): Promise<number> {
    const compact = rows.map((row) => ({ ...row, vectors: compactBytes(row.vectors) }));
    const bytes = compact.reduce((sum, { vectors }) => sum + vectors.byteLength, 0);
    const request = { kind: 'saveVectors', generation, rows: compact } as const;
    return this.#thread.writer.write(request, bytes);
  }

  used(): Promise<number[]> {
    return this.#read((db) => {
      const used: number[] = [];
      let next = one(db, pendingSql.nextUsed, -1);
      while (next !== undefined) {
        used.push(next);
        next = one(db, pendingSql.nextUsed, next);
      }
      return used;
    });
  }

  namespaces(
    generation: number,
    afterNo: number,
    limit: number,
  ): Promise<{ tenant: TenantId; namespaceNo: number }[]> {
    return this.#read((db) =>
      db
        .all<{ no: number; tenant: TenantId }>(pendingSql.namespaces, generation, afterNo, limit)
        .map(({ no, tenant }) => ({ tenant, namespaceNo: no })),
    );
  }

  await(
    namespaceNo: number,
    generation: number,
    afterOrdinal: number,
    limit: number,
  ): Promise<number | undefined> {
    const chunk = { namespaceNo, generation, afterOrdinal, limit };
    return this.#thread.writer.write({ kind: 'awaitVectors', ...chunk });
  }

  waits(namespaceNo: number, generation: number, throughOrdinal: number): Promise<boolean> {
    return this.#read((db) => hasPending(db, { namespaceNo, generation, throughOrdinal }));
  }

  use(namespaceNo: number, generation: number, throughOrdinal: number): Promise<boolean> {
    const request = { namespaceNo, generation, throughOrdinal };
    return this.#thread.writer.write({ kind: 'useGeneration', ...request });
  }

  close(generation: number): Promise<boolean> {
    return this.#thread.writer.write({ kind: 'closeGeneration', generation });
  }

  drop(
    namespaceNo: number,
    generation: number,
    afterOrdinal: number,
    limit: number,
  ): Promise<number | undefined> {
    const chunk = { namespaceNo, generation, afterOrdinal, limit };
    return this.#thread.writer.write({ kind: 'dropVectors', ...chunk });
  }

  async counts(generation: number): Promise<GenerationCounts> {
    const namespaces = await this.#read((db) => one(db, pendingSql.countNamespaces, generation));
    const { countRest, chunkEnd } = pendingSql;
    const pending = await this.#count(generation, countRest, chunkEnd);
    return { namespaces: namespaces ?? 0, pending };
  }

  countEmpty(generation: number): Promise<number> {
    const { countEmptyRest, emptyChunkEnd } = pendingSql;
    return this.#count(generation, countEmptyRest, emptyChunkEnd);
  }

  /** In steps, so that others get their turns. */
  async #count(generation: number, countRest: string, chunkEnd: string): Promise<number> {
    const turns = createTurns(serverItself);
    let count = 0;
    let end: number | undefined = 0;
    while (end !== undefined) {
      if (turns.due()) await turns.next();
      const after: number = end;
      end = await this.#read((db) => one(db, chunkEnd, generation, after, countedAtOnce - 1));
      count +=
        end === undefined
          ? ((await this.#read((db) => one(db, countRest, generation, after))) ?? 0)
          : countedAtOnce;
    }
    return count;
  }

  async #read<Result>(read: (db: Connection) => Result): Promise<Result> {
    try {
      return read(this.#thread.db);
    } catch (error) {
      throw fromFault(toFault(error, this.#thread.folder));
    }
  }
}

function one(db: Connection, sql: string, ...params: number[]): number | undefined {
  return db.getTuple<[number]>(sql, ...params)?.[0];
}

/** The first namespace from a number on that has a pending row. */
function nextPending(db: Connection, generation: number, from: number): number | undefined {
  const first = rowOf(from, 0);
  const row = one(db, pendingSql.next, generation, first, Number.MAX_SAFE_INTEGER);
  return row === undefined ? undefined : namespaceOf(row);
}

function newestOf(
  db: Connection,
  { generation, perNamespace }: PendingQuery,
  namespaceNo: number,
  room: number,
): PendingRow[] {
  const tenant = db.getTuple<[TenantId]>(pendingSql.tenant, namespaceNo)?.[0];
  const bounds = [rowOf(namespaceNo, 0), rowOf(namespaceNo + 1, 0)] as const;
  const rows = db.all<{ row: number }>(
    pendingSql.newest,
    generation,
    ...bounds,
    Math.min(perNamespace, room),
  );
  return tenant === undefined
    ? []
    : rows.map(({ row }) => ({ tenant, namespaceNo, ordinal: ordinalOf(row) }));
}
