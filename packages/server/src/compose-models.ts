/** Settings become the models that embed, analyse and weigh words. */
import type { Settings } from './config/settings.ts';
import { type Analyzer, createAnalyzer } from './engine/analysis.ts';
import type { Embedder } from './ports/embedder.ts';
import { openBuiltinEmbedder } from './providers/builtin/builtin-embedder.ts';
import { noEmbedder } from './providers/builtin/no-embedder.ts';

export interface Models {
  readonly embedder: Embedder;
  /** All that can compute vectors, `embedder` first: namespaces may still have those of others. */
  readonly embedders: readonly [Embedder, ...Embedder[]];
  readonly analyzer: Analyzer;
  readonly wordWeight: (word: string) => number;
}

export function openModels(name: Settings['embedder']): Models {
  const builtin = openBuiltinEmbedder();
  const embedder = name === 'none' ? noEmbedder : builtin;
  return {
    embedder,
    embedders: [embedder, builtin],
    analyzer: createAnalyzer(),
    // Scores are calibrated with the table's word frequencies whatever computes the vectors.
    wordWeight: (word) => builtin.wordWeight(word),
  };
}
