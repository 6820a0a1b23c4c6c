/** Settings become the models that embed, analyse and weigh words. */
import type { Settings } from './config/settings.ts';
import { MemoryError } from './domain/errors.ts';
import { type Analyzer, createAnalyzer } from './engine/analysis.ts';
import type { Embedder } from './ports/embedder.ts';
import type { OpenTokenizer } from './ports/tokenizer.ts';
import { type BuiltinEmbedder, openBuiltinEmbedder } from './providers/builtin/builtin-embedder.ts';
import { noEmbedder } from './providers/builtin/no-embedder.ts';
import { openRemoteEmbedder } from './providers/remote/remote-embedder.ts';
import { lazyO200kTokenizer } from './providers/tokenizer/o200k-tokenizer.ts';

export interface Models {
  readonly embedder: Embedder;
  readonly analyzer: Analyzer;
  readonly wordWeight: (word: string) => number;
  readonly openTokenizer: OpenTokenizer;
}

/** An embedder by its name and what is stored beside its vectors; all that crosses a thread. */
export interface EmbedderShare extends Pick<Embedder, 'model' | 'dimension'> {
  readonly name: Settings['embedder'];
}

/** @throws MemoryError `setting_invalid` for an embedder that cannot be used as it is set. */
export async function openModels(settings: Settings): Promise<Models> {
  const builtin = openBuiltinEmbedder();
  return modelsOf(await openEmbedder(settings, builtin), builtin);
}

/** For a search worker: it compares vectors, and only an embedder of its own makes new ones. */
export function openWorkerModels({ name, model, dimension }: EmbedderShare): Models {
  const builtin = openBuiltinEmbedder();
  if (name === 'builtin') return modelsOf(builtin, builtin);
  if (name === 'none') return modelsOf(noEmbedder, builtin);
  const embed = async () => {
    const message = 'A search worker does not call the service of an embedder.';
    throw new MemoryError('embedder_unavailable', message);
  };
  return modelsOf({ model, dimension, isInstant: false, embed }, builtin);
}

async function openEmbedder(settings: Settings, builtin: BuiltinEmbedder): Promise<Embedder> {
  const { embedder: vendor } = settings;
  if (vendor === 'builtin') return builtin;
  if (vendor === 'none') return noEmbedder;
  return openRemoteEmbedder({
    vendor,
    model: settings.embedderModel,
    url: settings.embedderUrl,
    apiKey: settings.embedderApiKey,
    dimension: settings.embedderDimension,
    concurrency: settings.embedderConcurrency,
    timeoutMs: settings.embedderTimeoutMs,
  });
}

function modelsOf(embedder: Embedder, builtin: BuiltinEmbedder): Models {
  return {
    embedder,
    analyzer: createAnalyzer(embedder),
    // Scores are calibrated with the table's word frequencies whatever computes the vectors.
    wordWeight: (word) => builtin.wordWeight(word),
    openTokenizer: lazyO200kTokenizer(),
  };
}
