/** Applies what the one who makes vectors in the background writes, in the writer's transaction. */
import type { VectorUpdate } from '../../ports/records.ts';
import { dropImage } from './apply-index.ts';
import type { Connection } from './connection.ts';
import { ordinalOf, rowOf } from './row-codec.ts';

export const vectorSql = {
  arrivals: 'SELECT arrivals FROM namespaces WHERE no = ?',
  saveArrivals: 'UPDATE namespaces SET arrivals = ? WHERE no = ?',
  save: `UPDATE vectors SET vectors = ?4, arrival = ?5
    WHERE row = ?1 AND generation = ?2 AND vectors IS NULL
    AND EXISTS (SELECT 1 FROM memories WHERE row = ?1 AND version = ?3)`,
  chunkEnd: 'SELECT row FROM memories WHERE row > ? AND row < ? ORDER BY row LIMIT 1 OFFSET ?',
  await: `INSERT OR IGNORE INTO vectors (row, generation, namespace_no)
    SELECT row, ?1, namespace_no FROM memories WHERE row > ?2 AND row <= ?3`,
  hasPending: `SELECT 1 FROM vectors INDEXED BY vectors_pending
    WHERE generation = ? AND vectors IS NULL AND row > ? AND row <= ? LIMIT 1`,
  use: `UPDATE namespaces SET generation = ?1 WHERE no = ?2
    AND NOT EXISTS (SELECT 1 FROM closed_generations WHERE generation = ?1)`,
  isUsed: 'SELECT 1 FROM namespaces WHERE generation = ? LIMIT 1',
  close: 'INSERT OR IGNORE INTO closed_generations (generation) VALUES (?)',
  drop: 'DELETE FROM vectors WHERE row > ? AND row <= ? AND generation = ?',
};

/** Rows of a namespace after an ordinal. */
export interface VectorChunk {
  readonly namespaceNo: number;
  readonly generation: number;
  readonly afterOrdinal: number;
  readonly limit: number;
}

/** How many rows still waited in the named version. */
export function applyVectors(
  db: Connection,
  { generation, rows }: { generation: number; rows: readonly VectorUpdate[] },
): number {
  let saved = 0;
  const arrivals = new Map<number, number>();
  for (const { namespaceNo, ordinal, version, vectors } of rows) {
    const known =
      arrivals.get(namespaceNo) ?? db.getTuple<[number]>(vectorSql.arrivals, namespaceNo)?.[0];
    const arrival = (known ?? 0) + 1;
    const row = rowOf(namespaceNo, ordinal);
    const { changes } = db.run(vectorSql.save, row, generation, version, vectors, arrival);
    if (changes === 0) continue;
    arrivals.set(namespaceNo, arrival);
    saved += 1;
  }
  for (const [namespaceNo, arrival] of arrivals) {
    db.run(vectorSql.saveArrivals, arrival, namespaceNo);
  }
  return saved;
}

/** Rows of the chunk that know nothing of the generation wait for its vectors. */
export function awaitVectors(db: Connection, chunk: VectorChunk): number | undefined {
  const { first, end, next } = boundsOf(db, chunk);
  db.run(vectorSql.await, chunk.generation, first, end);
  return next;
}

/** A namespace, and how far it must have the vectors of a generation. */
export interface VectorGoal {
  readonly namespaceNo: number;
  readonly generation: number;
  readonly throughOrdinal: number;
}

export function hasPending(
  db: Connection,
  { namespaceNo, generation, throughOrdinal }: VectorGoal,
): boolean {
  const first = rowOf(namespaceNo, 0);
  const last = Math.min(rowOf(namespaceNo, throughOrdinal), rowOf(namespaceNo + 1, 0) - 1);
  return db.get(vectorSql.hasPending, generation, first, last) !== undefined;
}

export function applyUse(db: Connection, goal: VectorGoal): boolean {
  if (hasPending(db, goal)) return false;
  return db.run(vectorSql.use, goal.generation, goal.namespaceNo).changes > 0;
}

/** From now on no namespace goes over to the generation; false while one is searched by it. */
export function closeGeneration(db: Connection, { generation }: { generation: number }): boolean {
  if (db.get(vectorSql.isUsed, generation)) return false;
  db.run(vectorSql.close, generation);
  return true;
}

export function dropVectors(db: Connection, chunk: VectorChunk): number | undefined {
  const { first, end, next } = boundsOf(db, chunk);
  dropImage(db, chunk);
  db.run(vectorSql.drop, first, end, chunk.generation);
  return next;
}

function boundsOf(db: Connection, { namespaceNo, afterOrdinal, limit }: VectorChunk) {
  const first = rowOf(namespaceNo, afterOrdinal);
  const behind = rowOf(namespaceNo + 1, 0);
  const end = db.getTuple<[number]>(vectorSql.chunkEnd, first, behind, limit - 1)?.[0];
  return { first, end: end ?? behind - 1, next: end === undefined ? end : ordinalOf(end) };
}
