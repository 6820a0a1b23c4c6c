/** An embedder that runs an ONNX model on this machine, in a process of its own. */
import { MemoryError } from '../../domain/errors.ts';
import type { Embedder, EmbedOptions } from '../../ports/embedder.ts';
import { workerUrl } from '../../util/worker-url.ts';
import { type ModelHost, type ModelHostOptions, openModelHost } from './model-host.ts';
import { type ModelDtype, type ModelSource, resolveModel } from './model-source.ts';

export interface TransformersEmbedderOptions {
  /** A hub id, or a folder that begins with `/`, `./` or `../`. */
  readonly model: string;
  readonly dtype: ModelDtype;
  /** Refuses a model with another one; absent: whatever the model has. */
  readonly dimension?: number | undefined;
  /** Where what comes from the hub is kept. */
  readonly cacheDir: string;
  /** How much of a text is English, 0 to 1: how far a model of English is to be trusted. */
  readonly englishCoverage: (text: string) => number;
  /** For tests: another entry, other times. */
  readonly host?: Partial<ModelHostOptions>;
}

/**
 * Loads the model, which takes about a second, and longer when it comes from the hub.
 *
 * @throws MemoryError `setting_invalid`, saying what to install or which file is missing.
 */
export async function openTransformersEmbedder(
  options: TransformersEmbedderOptions,
): Promise<Embedder> {
  const { dtype, cacheDir, englishCoverage } = options;
  const setting = 'REVERIE_EMBEDDER_MODEL';
  const source = await resolveModel(setting, options.model, dtype);
  const { model, parent, revision, recipe } = source;
  const host = await openModelHost({
    url: workerUrl('./model-process', import.meta.url),
    task: {
      use: 'embed',
      model,
      ...(parent !== undefined && { parent }),
      revision,
      dtype,
      pooling: recipe.pooling,
      cacheDir,
    },
    setting,
    ...options.host,
  });
  if (options.dimension !== undefined && options.dimension !== host.size) {
    await host.close();
    const message = `REVERIE_EMBEDDER_DIMENSION: ${model} has ${host.size}, and is not shortened.`;
    const details = { setting: 'REVERIE_EMBEDDER_DIMENSION' };
    throw new MemoryError('setting_invalid', message, { details });
  }
  const embedder = new TransformersEmbedder(host, source);
  return recipe.isEnglish ? Object.assign(embedder, { coverage: englishCoverage }) : embedder;
}

class TransformersEmbedder implements Embedder {
  readonly model: string;
  readonly dimension: number;
  readonly isInstant = false;
  readonly #host: ModelHost;
  readonly #source: ModelSource;

  constructor(host: ModelHost, source: ModelSource) {
    this.model = source.identity;
    this.dimension = host.size;
    this.#host = host;
    this.#source = source;
  }

  async embed(texts: readonly string[], { role, signal }: EmbedOptions): Promise<Float32Array[]> {
    const { queryPrefix, documentPrefix } = this.#source.recipe;
    const prefix = role === 'query' ? queryPrefix : documentPrefix;
    const filled = texts.filter((text) => text.trim() !== '');
    const vectors = await this.#host.run(
      filled.map((text) => ({ text: prefix + text })),
      { isUrgent: role === 'query', signal },
    );
    let next = 0;
    return texts.map((text) => {
      const vector = text.trim() === '' ? undefined : vectors[next++];
      return vector ?? new Float32Array(this.dimension);
    });
  }

  close(): Promise<void> {
    return this.#host.close();
  }
}
