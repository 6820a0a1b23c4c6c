/** Settings become the models that embed, analyse and weigh words. */
import type { Settings } from './config/settings.ts';
import { type Analyzer, createAnalyzer } from './engine/analysis.ts';
import type { Embedder } from './ports/embedder.ts';
import type { OpenTokenizer } from './ports/tokenizer.ts';
import { openBuiltinEmbedder } from './providers/builtin/builtin-embedder.ts';
import { noEmbedder } from './providers/builtin/no-embedder.ts';
import { lazyO200kTokenizer } from './providers/tokenizer/o200k-tokenizer.ts';

export interface Models {
  readonly embedder: Embedder;
  readonly analyzer: Analyzer;
  readonly wordWeight: (word: string) => number;
  readonly openTokenizer: OpenTokenizer;
}

export function openModels(name: Settings['embedder']): Models {
  const builtin = openBuiltinEmbedder();
  const embedder = name === 'none' ? noEmbedder : builtin;
  return {
    embedder,
    analyzer: createAnalyzer(embedder),
    // Scores are calibrated with the table's word frequencies whatever computes the vectors.
    wordWeight: (word) => builtin.wordWeight(word),
    openTokenizer: lazyO200kTokenizer(),
  };
}
