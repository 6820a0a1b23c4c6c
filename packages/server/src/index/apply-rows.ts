/** Brings rows into a corpus: new passages, changed columns, or nothing left of them. */
import type { AnalysisRow } from '../ports/records.ts';
import type { Turns } from '../util/turns.ts';
import { analyzeRows, rowsPerLook } from './analyze-rows.ts';
import type { Corpus } from './corpus.ts';
import type { NamespaceSource } from './index-settings.ts';
import { packPart } from './pack-part.ts';

/** Rows read and held at once. */
export const rowsPerBatch = 256;

/**
 * Applying a row twice, or a newer row than the change that named it, does no harm: an index is a
 * fold over the latest state of each row.
 */
export async function applyRows(
  corpus: Corpus,
  source: NamespaceSource,
  rows: readonly AnalysisRow[],
  turns: Turns,
): Promise<void> {
  const changed: AnalysisRow[] = [];
  const kept: AnalysisRow[] = [];
  for (const row of rows) {
    (corpus.hasPassages(row, corpus.locate(row.ordinal)) ? kept : changed).push(row);
  }
  const analyzed = await analyzeRows(changed, corpus.settings, source, turns);
  for (const [i, row] of analyzed.entries()) {
    if (i % rowsPerLook === 0 && turns.due()) await turns.next();
    corpus.put(row);
  }
  // New passages come first, so that a search in between sees a fact twice rather than never.
  for (const [i, row] of kept.entries()) {
    if (i % rowsPerLook === 0 && turns.due()) await turns.next();
    corpus.updateColumns(row, corpus.locate(row.ordinal));
  }
}

/** Packs full parts early, so that a long build does not hold them in their loose form. */
export async function packFullParts(corpus: Corpus, turns: Turns): Promise<void> {
  for (const part of corpus.parts) {
    if (part?.full && part.packedCount === 0) await packPart(part, corpus.identity, turns);
  }
}

/** Applies every row between two ordinals, bounds included. */
export async function applyRange(
  corpus: Corpus,
  source: NamespaceSource,
  ordinalMin: number,
  ordinalMax: number,
  turns: Turns,
): Promise<void> {
  let next = ordinalMin;
  while (next <= ordinalMax) {
    const rows = await source.records.analysesBetween(next, ordinalMax, rowsPerBatch);
    const last = rows.at(-1);
    if (last === undefined) return;
    await applyRows(corpus, source, rows, turns);
    await packFullParts(corpus, turns);
    next = last.ordinal + 1;
  }
}
