/** Analyses every memory of a namespace again. Vectors that do not fit any more are to be made. */
import { MemoryError } from '../../domain/errors.ts';
import { decodeAnalysis } from '../../index/analysis-codec.ts';
import type { NamespaceSource } from '../../index/index-settings.ts';
import { attachVectors } from '../../index/vectors-codec.ts';
import type { AnalysisRow, AnalysisUpdate } from '../../ports/records.ts';
import { namespaceSource } from '../reanalyze.ts';
import type { DerivedPlace, Remade } from './derived.ts';

/** Rows that are in memory at one time. */
const rowsPerBatch = 256;
/** Problems that are named one by one. */
const namedMax = 20;

export async function remakeAnalyses(
  { tenant, namespace, records, analyzer, dimensions }: DerivedPlace,
  onMemories: (count: number) => void,
): Promise<Remade> {
  const { no: namespaceNo, generation } = namespace;
  const dimension = dimensions.get(generation) ?? 0;
  const place = { tenant, namespaceNo, generation, dimension };
  const source = namespaceSource({ open: () => records }, analyzer, place);
  const { nextOrdinal } = await source.records.state();
  const problems: string[] = [];
  let [made, changed] = [0, 0];
  for (let next = 1; next < nextOrdinal; ) {
    const rows = await source.records.analysesBetween(next, nextOrdinal - 1, rowsPerBatch);
    const last = rows.at(-1);
    if (last === undefined) break;
    const analyses = await analyze(source, rows, problems);
    const updates = rows.flatMap((row) => updateOf(row, analyses.get(row.ordinal)));
    await source.records.saveAnalyses(updates);
    made += analyses.size;
    changed += updates.length;
    onMemories(rows.length);
    next = last.ordinal + 1;
  }
  return { made, changed, problems };
}

/** All at once; where one of them cannot be read, one by one. */
async function analyze(
  source: NamespaceSource,
  rows: readonly AnalysisRow[],
  problems: string[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  try {
    return await source.reanalyze(rows);
  } catch (fault) {
    // The store itself does not answer.
    if (MemoryError.isInstance(fault)) throw fault;
    const made = new Map<number, Uint8Array>();
    for (const row of rows) {
      try {
        const one = await source.reanalyze([row]);
        for (const [ordinal, analysis] of one) made.set(ordinal, analysis);
      } catch {
        if (problems.length < namedMax) problems.push(`${row.id} cannot be read: it is damaged`);
      }
    }
    return made;
  }
}

/** Nothing where the stored analysis is the same. */
function updateOf(row: AnalysisRow, analysis: Uint8Array | undefined): AnalysisUpdate[] {
  if (analysis === undefined) return [];
  const isSame = row.analysis !== null && Buffer.compare(row.analysis, analysis) === 0;
  const dropVectors = !fits(row.vectors, analysis);
  if (isSame && !dropVectors) return [];
  return [{ ordinal: row.ordinal, version: row.version, analysis, dropVectors }];
}

/** Vectors belong to the passages that an analysis names. */
function fits(vectors: Uint8Array | null, analysis: Uint8Array): boolean {
  if (vectors === null) return true;
  try {
    attachVectors(decodeAnalysis(analysis).passages, vectors);
    return true;
  } catch {
    return false;
  }
}
