/** Applies what an index keeps beside the rows, inside the writer's transaction. */
import type { IndexSave } from '../../ports/records.ts';
import type { Connection } from './connection.ts';
import { rowOf } from './row-codec.ts';
import type { AnalysisUpdate } from './writer-protocol.ts';

export const imageSql = {
  namespace: 'SELECT epoch, erase_seq FROM namespaces WHERE no = ?',
  saveAnalysis: `INSERT OR REPLACE INTO analyses (row, analysis)
    SELECT row, ?3 FROM memories WHERE row = ?1 AND version = ?2`,
  putSegment: `INSERT OR REPLACE INTO segments
    (namespace_no, no, ordinal_min, ordinal_max, columns, postings, matrix)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  putColumns: 'UPDATE segments SET columns = ? WHERE namespace_no = ? AND no = ?',
  dropSegment: 'DELETE FROM segments WHERE namespace_no = ? AND no = ?',
  putManifest: `INSERT OR REPLACE INTO manifests (namespace_no, epoch, seq, manifest)
    VALUES (?, ?, ?, ?)`,
  dropSegments: 'DELETE FROM segments WHERE namespace_no = ?',
  dropManifest: 'DELETE FROM manifests WHERE namespace_no = ?',
};

/** Replaces analyses of rows that still have the named version. */
export function applyAnalyses(
  db: Connection,
  { namespaceNo, rows }: { namespaceNo: number; rows: readonly AnalysisUpdate[] },
): void {
  for (const { ordinal, version, analysis } of rows) {
    db.run(imageSql.saveAnalysis, rowOf(namespaceNo, ordinal), version, analysis);
  }
}

/** False, and nothing kept, for an image of another epoch or from before an erase. */
export function applyImage(
  db: Connection,
  { namespaceNo, image }: { namespaceNo: number; image: IndexSave },
): boolean {
  const found = db.get<{ epoch: number; erase_seq: number }>(imageSql.namespace, namespaceNo);
  if (found?.epoch !== image.epoch || image.seq < found.erase_seq) return false;
  for (const no of image.remove) db.run(imageSql.dropSegment, namespaceNo, no);
  for (const segment of image.put) {
    const { no, ordinalMin, ordinalMax, columns, postings, matrix } = segment;
    db.run(imageSql.putSegment, namespaceNo, no, ordinalMin, ordinalMax, columns, postings, matrix);
  }
  for (const { no, columns } of image.putColumns)
    db.run(imageSql.putColumns, columns, namespaceNo, no);
  db.run(imageSql.putManifest, namespaceNo, image.epoch, image.seq, image.manifest);
  return true;
}

/** Forgets the whole image. */
export function dropImage(db: Connection, { namespaceNo }: { namespaceNo: number }): void {
  db.run(imageSql.dropManifest, namespaceNo);
  db.run(imageSql.dropSegments, namespaceNo);
}
