/** Rows with a usable analysis: the stored one, or one that is made again. */
import type { AnalysisRow } from '../ports/records.ts';
import type { Turns } from '../util/turns.ts';
import { decodeAnalysis } from './analysis-codec.ts';
import type { AnalyzedRow, CorpusSettings } from './corpus.ts';
import type { NamespaceSource } from './index-settings.ts';
import type { MemoryAnalysis } from './types.ts';

/** Rows decoded or applied between two looks at the clock. */
export const rowsPerLook = 8;

/** Analyses that had to be made again are stored, so that it happens once. */
export async function analyzeRows(
  rows: readonly AnalysisRow[],
  settings: CorpusSettings,
  source: NamespaceSource,
  turns: Turns,
): Promise<AnalyzedRow[]> {
  const analyzed: AnalyzedRow[] = [];
  for (const [i, row] of rows.entries()) {
    if (i % rowsPerLook === 0 && turns.due()) await turns.next();
    analyzed.push(withAnalysis(row, row.analysis, settings));
  }
  const stale = analyzed.filter(({ analysis }) => analysis === null).map(({ row }) => row);
  if (stale.length === 0) return analyzed;
  const made = await source.reanalyze(stale);
  const again = analyzed.map((known) =>
    known.analysis === null
      ? withAnalysis(known.row, made.get(known.row.ordinal) ?? null, settings)
      : known,
  );
  const saved = again.flatMap(({ row, bytes }) =>
    made.has(row.ordinal) && bytes !== null
      ? [{ ordinal: row.ordinal, version: row.version, analysis: bytes }]
      : [],
  );
  if (saved.length > 0) await source.records.saveAnalyses(saved);
  return again;
}

function withAnalysis(
  row: AnalysisRow,
  bytes: Uint8Array | null,
  settings: CorpusSettings,
): AnalyzedRow {
  const analysis = bytes === null ? null : usable(bytes, settings);
  return { row, bytes: analysis === null ? null : bytes, analysis };
}

function usable(bytes: Uint8Array, settings: CorpusSettings): MemoryAnalysis | null {
  try {
    const analysis = decodeAnalysis(bytes);
    const fits =
      analysis.analyzer === settings.analyzer &&
      analysis.model === settings.model &&
      analysis.dimension === settings.dimension;
    return fits ? analysis : null;
  } catch {
    return null;
  }
}
