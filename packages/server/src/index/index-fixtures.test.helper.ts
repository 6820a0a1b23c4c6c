/** Settings and small analyses for tests of this room. */
import { bm25Default } from './bm25.ts';
import type { IndexLog, IndexSettings, NamespaceSource } from './index-settings.ts';
import type { MemoryIndexRecords } from './memory-records.test.helper.ts';
import type { IndexShared } from './namespace-index.ts';
import { SearchScratch } from './search-scratch.ts';
import { createSlabPool } from './slab-pool.ts';
import type { IndexQuery, MemoryAnalysis } from './types.ts';

export const dimension = 8;

export const baseSettings = {
  analyzer: 'a1',
  partCapacity: 8,
  bm25: bm25Default,
  saveEvery: 12,
  log: (() => {}) as IndexLog,
};

export function newShared(patch: Partial<IndexSettings> = {}): IndexShared {
  const settings = { ...baseSettings, ...patch };
  const scratch = new SearchScratch();
  return { settings, pool: createSlabPool(), scratch };
}

export function sourceOf(records: MemoryIndexRecords): NamespaceSource {
  return { records, tenant: 'tenant', generation: 1, dimension, reanalyze: async () => new Map() };
}

/** One passage per text; its words are its terms, its vector is made from its first letters. */
export function analysisOf(...texts: string[]): MemoryAnalysis {
  return {
    analyzer: baseSettings.analyzer,
    languages: ['en'],
    fields: ['tag:chat'],
    passages: texts.map((text) => {
      const words = text.split(' ');
      const values = Int8Array.from(
        { length: dimension },
        (_, i) => (text.charCodeAt(i) || 97) - 96,
      );
      return {
        start: 0,
        end: text.length,
        length: words.length,
        questionShare: 0,
        terms: [...new Set(words)].map((term) => ({
          term,
          count: words.filter((word) => word === term).length,
        })),
        entities: [],
        vector: { scale: 1 / Math.hypot(...values), values },
      };
    }),
  };
}

export function wordQuery(...words: string[]): IndexQuery {
  return {
    terms: words.map((term) => ({ surface: term, variants: [{ term, weight: 1 }] })),
    entities: [],
    speakers: [],
    vector: null,
    filter: {},
    now: 1,
    windowWeights: [0.5],
    candidates: 10,
  };
}
