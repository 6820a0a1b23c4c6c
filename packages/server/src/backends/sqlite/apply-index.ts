/** Applies what an index keeps beside the rows, inside the writer's transaction. */
import type { AnalysisUpdate, IndexSave } from '../../ports/records.ts';
import type { Connection } from './connection.ts';
import { rowOf } from './row-codec.ts';

export const imageSql = {
  namespace: 'SELECT epoch, erase_seq FROM namespaces WHERE no = ?',
  saveAnalysis: `INSERT OR REPLACE INTO analyses (row, analysis)
    SELECT row, ?3 FROM memories WHERE row = ?1 AND version = ?2`,
  staleVectors: `UPDATE vectors SET vectors = NULL, arrival = NULL WHERE row = ?1
    AND EXISTS (SELECT 1 FROM memories WHERE row = ?1 AND version = ?2)`,
  putSegment: `INSERT OR REPLACE INTO segments
    (namespace_no, generation, no, ordinal_min, ordinal_max, columns, postings, matrix)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  putColumns:
    'UPDATE segments SET columns = ? WHERE namespace_no = ? AND generation = ? AND no = ?',
  dropSegment: 'DELETE FROM segments WHERE namespace_no = ? AND generation = ? AND no = ?',
  putManifest: `INSERT OR REPLACE INTO manifests (namespace_no, generation, epoch, seq, manifest)
    VALUES (?, ?, ?, ?, ?)`,
  dropSegments: 'DELETE FROM segments WHERE namespace_no = ? AND generation = ?',
  dropManifest: 'DELETE FROM manifests WHERE namespace_no = ? AND generation = ?',
};

/** Replaces analyses of rows that still have the named version. */
export function applyAnalyses(
  db: Connection,
  { namespaceNo, rows }: { namespaceNo: number; rows: readonly AnalysisUpdate[] },
): void {
  for (const { ordinal, version, analysis, dropVectors } of rows) {
    const row = rowOf(namespaceNo, ordinal);
    db.run(imageSql.saveAnalysis, row, version, analysis);
    if (dropVectors) db.run(imageSql.staleVectors, row, version);
  }
}

/** False, and nothing kept, for an image of another epoch or from before an erase. */
export function applyImage(
  db: Connection,
  { namespaceNo, generation, image }: { namespaceNo: number; generation: number; image: IndexSave },
): boolean {
  const found = db.get<{ epoch: number; erase_seq: number }>(imageSql.namespace, namespaceNo);
  if (found?.epoch !== image.epoch || image.seq < found.erase_seq) return false;
  for (const no of image.remove) db.run(imageSql.dropSegment, namespaceNo, generation, no);
  for (const segment of image.put) {
    const { no, ordinalMin, ordinalMax, columns, postings, matrix } = segment;
    const place = [namespaceNo, generation, no, ordinalMin, ordinalMax];
    db.run(imageSql.putSegment, ...place, columns, postings, matrix);
  }
  for (const { no, columns } of image.putColumns) {
    db.run(imageSql.putColumns, columns, namespaceNo, generation, no);
  }
  db.run(imageSql.putManifest, namespaceNo, generation, image.epoch, image.seq, image.manifest);
  return true;
}

/** Forgets the whole image of a generation. */
export function dropImage(
  db: Connection,
  { namespaceNo, generation }: { namespaceNo: number; generation: number },
): void {
  db.run(imageSql.dropManifest, namespaceNo, generation);
  db.run(imageSql.dropSegments, namespaceNo, generation);
}
