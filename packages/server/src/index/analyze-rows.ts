/** Rows with a usable analysis: the stored one, or one that is made again. */
import type { AnalysisRow } from '../ports/records.ts';
import type { Turns } from '../util/turns.ts';
import { decodeAnalysis } from './analysis-codec.ts';
import type { AnalyzedRow, CorpusSettings } from './corpus.ts';
import type { NamespaceSource } from './index-settings.ts';
import type { MemoryAnalysis } from './types.ts';
import { attachVectors } from './vectors-codec.ts';

/** Rows decoded or applied between two looks at the clock. */
export const rowsPerLook = 8;

/** Analyses that had to be made again are stored, so that it happens once. */
export async function analyzeRows(
  rows: readonly AnalysisRow[],
  settings: CorpusSettings,
  source: NamespaceSource,
  turns: Turns,
): Promise<AnalyzedRow[]> {
  const analyzed: CheckedRow[] = [];
  for (const [i, row] of rows.entries()) {
    if (i % rowsPerLook === 0 && turns.due()) await turns.next();
    analyzed.push(checked(row, settings));
  }
  const isFaulty = ({ analysis, misfit }: CheckedRow) => analysis === null || misfit;
  if (!analyzed.some(isFaulty)) return analyzed;
  const missing = analyzed.filter(({ analysis }) => analysis === null).map(({ row }) => row);
  const made = missing.length > 0 ? await source.reanalyze(missing) : new Map<number, Uint8Array>();
  const again = analyzed.map((known) => {
    const analysis = made.get(known.row.ordinal);
    return analysis === undefined ? known : checked({ ...known.row, analysis }, settings);
  });
  const saved = again.flatMap(({ row, analysis, misfit }) =>
    analysis !== null && row.analysis !== null && (made.has(row.ordinal) || misfit)
      ? [
          {
            ordinal: row.ordinal,
            version: row.version,
            analysis: row.analysis,
            dropVectors: misfit,
          },
        ]
      : [],
  );
  if (saved.length > 0) await source.records.saveAnalyses(saved);
  return again;
}

interface CheckedRow extends AnalyzedRow {
  /** The stored vectors cannot be used with the analysis. */
  readonly misfit: boolean;
}

function checked(row: AnalysisRow, settings: CorpusSettings): CheckedRow {
  const analysis = usable(row.analysis, settings);
  if (analysis === null || row.vectors === null) return { row, analysis, misfit: false };
  try {
    const passages = attachVectors(analysis.passages, row.vectors);
    return { row, analysis: { ...analysis, passages }, misfit: false };
  } catch {
    return { row: { ...row, vectors: null }, analysis, misfit: true };
  }
}

function usable(bytes: Uint8Array | null, { analyzer }: CorpusSettings): MemoryAnalysis | null {
  if (bytes === null) return null;
  try {
    const analysis = decodeAnalysis(bytes);
    return analysis.analyzer === analyzer ? analysis : null;
  } catch {
    return null;
  }
}
