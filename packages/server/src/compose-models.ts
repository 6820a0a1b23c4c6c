/** Settings become the models that embed, analyse, weigh words and rerank. */
import { join } from 'node:path';
import type { Settings } from './config/settings.ts';
import { MemoryError } from './domain/errors.ts';
import { type Analyzer, createAnalyzer } from './engine/analysis.ts';
import type { Reranking } from './engine/recall/rerank.ts';
import type { Embedder } from './ports/embedder.ts';
import { type BuiltinEmbedder, openBuiltinEmbedder } from './providers/builtin/builtin-embedder.ts';
import { noEmbedder } from './providers/builtin/no-embedder.ts';

export interface Models {
  readonly embedder: Embedder;
  readonly analyzer: Analyzer;
  readonly wordWeight: (word: string) => number;
  readonly reranking?: Reranking | undefined;
}

/** Ends what the models run in. */
export async function closeModels({ embedder, reranking }: Models): Promise<void> {
  await Promise.all([embedder.close?.(), reranking?.reranker.close?.()]);
}

/** It brings what the built-in table lacks, other languages (docs/guides/embedders.md). */
const defaultTransformersModel = 'Xenova/paraphrase-multilingual-MiniLM-L12-v2';

/** Throws `setting_invalid` for a model that cannot be had, and says what to do. */
export async function openModels(settings: Settings): Promise<Models> {
  const builtin = openBuiltinEmbedder();
  const embedder = await openEmbedder(settings, builtin);
  try {
    return modelsOf(builtin, embedder, await openReranking(settings));
  } catch (error) {
    await embedder.close?.();
    throw error;
  }
}

/**
 * For a search worker: the model's name and size, which an index is opened with. Only a model that
 * is a table in the package can embed there.
 */
export function openWorkerModels({ model, dimension }: ModelShare): Models {
  const builtin = openBuiltinEmbedder();
  const known = [builtin, noEmbedder].find((embedder) => embedder.model === model);
  return modelsOf(builtin, known ?? { model, dimension, isInstant: false, embed: refuse });
}

/** What a search worker is told of the embedder. */
export type ModelShare = Pick<Embedder, 'model' | 'dimension'>;

/** For what must not wait for a model: the tables of the package. */
export function openInstantModels(): Models {
  const builtin = openBuiltinEmbedder();
  return modelsOf(builtin, builtin);
}

function modelsOf(builtin: BuiltinEmbedder, embedder: Embedder, reranking?: Reranking): Models {
  return {
    embedder,
    analyzer: createAnalyzer(embedder),
    // Scores are calibrated with the table's word frequencies whatever computes the vectors.
    wordWeight: (word) => builtin.wordWeight(word),
    reranking,
  };
}

async function openEmbedder(settings: Settings, builtin: BuiltinEmbedder): Promise<Embedder> {
  if (settings.embedder === 'none') return noEmbedder;
  if (settings.embedder === 'builtin') return builtin;
  const { openTransformersEmbedder } = await import(
    './providers/transformers/transformers-embedder.ts'
  );
  return openTransformersEmbedder({
    model: settings.embedderModel ?? defaultTransformersModel,
    dtype: settings.embedderDtype,
    cacheDir: modelFolder(settings),
    englishCoverage: (text) => builtin.coverage(text),
  });
}

async function openReranking(settings: Settings): Promise<Reranking | undefined> {
  if (settings.reranker === 'none') return undefined;
  const { openTransformersReranker } = await import(
    './providers/transformers/transformers-reranker.ts'
  );
  const reranker = await openTransformersReranker({
    model: settings.rerankerModel,
    dtype: settings.rerankerDtype,
    cacheDir: modelFolder(settings),
  });
  return { reranker, budgetMs: settings.rerankerBudgetMs };
}

/** What comes from the hub stays with the data, where the next start finds it. */
const modelFolder = ({ dataDir }: Settings): string => join(dataDir, 'models');

function refuse(): Promise<never> {
  const message = 'A search worker computes no vectors.';
  return Promise.reject(new MemoryError('embedder_unavailable', message));
}
