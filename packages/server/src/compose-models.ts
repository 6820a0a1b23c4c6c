/** Settings become the models that embed, analyse, weigh words and rerank. */
import { join } from 'node:path';
import type { Settings } from './config/settings.ts';
import { type Analyzer, createAnalyzer } from './engine/analysis.ts';
import type { Reranking } from './engine/recall/rerank.ts';
import type { Embedder } from './ports/embedder.ts';
import type { Generator } from './ports/generator.ts';
import type { SharedVectors } from './ports/shared-vectors.ts';
import type { OpenTokenizer } from './ports/tokenizer.ts';
import { type BuiltinEmbedder, openBuiltinEmbedder } from './providers/builtin/builtin-embedder.ts';
import { noEmbedder } from './providers/builtin/no-embedder.ts';
import { openRemoteGenerator } from './providers/remote/generate/remote-generator.ts';
import { openRemoteEmbedder } from './providers/remote/remote-embedder.ts';
import { lazyO200kTokenizer } from './providers/tokenizer/o200k-tokenizer.ts';
import { openTransformersEmbedder } from './providers/transformers/transformers-embedder.ts';
import { openTransformersReranker } from './providers/transformers/transformers-reranker.ts';

export interface Models {
  readonly embedder: Embedder;
  /** All that can compute vectors, `embedder` first: namespaces may still have those of others. */
  readonly embedders: readonly [Embedder, ...Embedder[]];
  readonly analyzer: Analyzer;
  readonly wordWeight: (word: string) => number;
  readonly openTokenizer: OpenTokenizer;
  readonly reranking?: Reranking | undefined;
  /** Absent unless REVERIE_LLM names one. */
  readonly generator?: Generator | undefined;
}

/** It brings what the built-in table lacks, other languages (docs/guides/embedders.md). */
const defaultTransformersModel = 'Xenova/paraphrase-multilingual-MiniLM-L12-v2';

/**
 * `vectors`: of questions, which servers remember for each other.
 *
 * @throws MemoryError `setting_invalid` for a model that cannot be used as it is set.
 */
export async function openModels(settings: Settings, vectors?: SharedVectors): Promise<Models> {
  const builtin = openBuiltinEmbedder();
  const embedder = await openEmbedder(settings, builtin, vectors);
  let reranking: Reranking | undefined;
  try {
    reranking = await openReranking(settings);
    const models = modelsOf(embedder, builtin, reranking);
    return { ...models, generator: await openGenerator(settings, models.openTokenizer) };
  } catch (error) {
    await Promise.all([embedder.close?.(), reranking?.reranker.close?.()]);
    throw error;
  }
}

/** Ends what the models run in. */
export async function closeModels({ embedder, reranking, generator }: Models): Promise<void> {
  await Promise.all([embedder.close?.(), reranking?.reranker.close?.(), generator?.close?.()]);
}

/** For what must not wait for a model, nor pay for it: the table of the package. */
export function openInstantModels(): Models {
  const builtin = openBuiltinEmbedder();
  return modelsOf(builtin, builtin);
}

async function openEmbedder(
  settings: Settings,
  builtin: BuiltinEmbedder,
  sharedVectors: SharedVectors | undefined,
): Promise<Embedder> {
  const { embedder: vendor } = settings;
  if (vendor === 'builtin') return builtin;
  if (vendor === 'none') return noEmbedder;
  if (vendor === 'transformers') {
    return openTransformersEmbedder({
      model: settings.embedderModel ?? defaultTransformersModel,
      dtype: settings.embedderDtype,
      dimension: settings.embedderDimension,
      cacheDir: modelFolder(settings),
      englishCoverage: (text) => builtin.coverage(text),
    });
  }
  return openRemoteEmbedder({
    vendor,
    model: settings.embedderModel,
    url: settings.embedderUrl,
    apiKey: settings.embedderApiKey,
    dimension: settings.embedderDimension,
    concurrency: settings.embedderConcurrency,
    timeoutMs: settings.embedderTimeoutMs,
    sharedVectors,
  });
}

async function openReranking(settings: Settings): Promise<Reranking | undefined> {
  if (settings.reranker === 'none') return undefined;
  const reranker = await openTransformersReranker({
    model: settings.rerankerModel,
    dtype: settings.rerankerDtype,
    cacheDir: modelFolder(settings),
  });
  return { reranker, budgetMs: settings.rerankerBudgetMs };
}

/** Undefined where none is set; then nothing of it is loaded either. */
async function openGenerator(
  settings: Settings,
  openTokenizer: OpenTokenizer,
): Promise<Generator | undefined> {
  const { llm: vendor } = settings;
  if (vendor === 'none') return undefined;
  return openRemoteGenerator({
    vendor,
    model: settings.llmModel,
    url: settings.llmUrl,
    apiKey: settings.llmApiKey,
    concurrency: settings.llmConcurrency,
    timeoutMs: settings.llmTimeoutMs,
    prices: settings.llmPrice,
    openTokenizer,
  });
}

/** What comes from the hub stays with the data, where the next start finds it. */
const modelFolder = ({ dataDir }: Settings): string => join(dataDir, 'models');

function modelsOf(embedder: Embedder, builtin: BuiltinEmbedder, reranking?: Reranking): Models {
  return {
    embedder,
    embedders: [embedder, builtin],
    analyzer: createAnalyzer(),
    // Scores are calibrated with the table's word frequencies whatever computes the vectors.
    wordWeight: (word) => builtin.wordWeight(word),
    openTokenizer: lazyO200kTokenizer(),
    reranking,
  };
}
