/** Analysis of a whole text, passage by passage. */
import { type AnalyzeOptions, analyzeDocument, type DocumentAnalysis } from './analyze.ts';
import { type Span, splitPassages } from './passages.ts';

/**
 * Analyses a text lazily, so that a caller can give way to other work between passages. The
 * language of a passage is the hint for the next one.
 */
export function* analyzePassages(
  text: string,
  options: AnalyzeOptions = {},
): Generator<Span & DocumentAnalysis> {
  let hint = options;
  for (const { start, end } of splitPassages(text)) {
    const analysis = analyzeDocument(text.slice(start, end), hint);
    hint = { languageHint: analysis.language };
    yield { start, end, ...analysis };
  }
}
