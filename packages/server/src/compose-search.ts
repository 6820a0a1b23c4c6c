/** The parts that a search needs in any thread: embedder, analyser, indexes. */
import type { Logger } from 'pino';
import type { Settings } from './config/settings.ts';
import type { TenantId } from './domain/memory.ts';
import type { Analyzer } from './engine/analysis.ts';
import { namespaceSource } from './engine/reanalyze.ts';
import { bm25Default } from './index/bm25.ts';
import { NamespaceIndex } from './index/namespace-index.ts';
import { SearchScratch } from './index/search-scratch.ts';
import { createSlabPool } from './index/slab-pool.ts';
import type { NamespaceSearcher } from './index/types.ts';
import type { Embedder } from './ports/embedder.ts';
import type { RecordsPort } from './ports/records.ts';
import { openBuiltinEmbedder } from './providers/builtin/builtin-embedder.ts';
import { noEmbedder } from './providers/builtin/no-embedder.ts';

export function openEmbedder(name: Settings['embedder']): {
  embedder: Embedder;
  wordWeight: (word: string) => number;
} {
  const builtin = openBuiltinEmbedder();
  // Scores are calibrated with the table's word frequencies whatever computes the vectors.
  const wordWeight = (word: string): number => builtin.wordWeight(word);
  return { embedder: name === 'none' ? noEmbedder : builtin, wordWeight };
}

export function openIndexes({
  settings,
  records,
  analyzer,
  embedder,
  log,
}: {
  settings: Settings;
  records: RecordsPort;
  share: unknown;
  analyzer: Analyzer;
  embedder: Embedder;
  log: Logger;
}) {
  void settings;
  const shared = {
    settings: {
      analyzer: analyzer.version,
      model: embedder.model,
      dimension: embedder.dimension,
      partCapacity: 1024,
      bm25: bm25Default,
      saveEvery: 128,
      log: (level: 'info' | 'warn' | 'error', message: string, details?: object) =>
        log[level](details ?? {}, message),
    },
    pool: createSlabPool(),
    scratch: new SearchScratch(),
  };
  const open_ = new Map<number, NamespaceIndex>();
  return {
    open: async (tenant: TenantId, no: number): Promise<NamespaceSearcher> => {
      let index = open_.get(no);
      if (!index) {
        index = new NamespaceIndex(shared, namespaceSource(records, analyzer, tenant, no));
        open_.set(no, index);
      }
      return index;
    },
    close: async () => {
      for (const index of open_.values()) await index.flush();
    },
  };
}
