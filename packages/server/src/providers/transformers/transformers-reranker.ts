/** A reranker that runs a cross-encoder on this machine, in a process of its own. */
import type { Reranker, RerankOptions } from '../../ports/reranker.ts';
import { workerUrl } from '../../util/worker-url.ts';
import { type ModelHost, type ModelHostOptions, openModelHost } from './model-host.ts';
import { type ModelDtype, resolveModel } from './model-source.ts';

export interface TransformersRerankerOptions {
  /** A hub id, or a folder that begins with `/`, `./` or `../`. */
  readonly model: string;
  readonly dtype: ModelDtype;
  /** Where what comes from the hub is kept. */
  readonly cacheDir: string;
  /** For tests: another entry, other times. */
  readonly host?: Partial<ModelHostOptions>;
}

/**
 * Loads the model, which takes about a second, and longer when it comes from the hub.
 *
 * @throws MemoryError `setting_invalid`, saying what to install or which file is missing.
 */
export async function openTransformersReranker(
  options: TransformersRerankerOptions,
): Promise<Reranker> {
  const { dtype, cacheDir } = options;
  const setting = 'REVERIE_RERANKER_MODEL';
  const { model, parent, revision, identity } = await resolveModel(setting, options.model, dtype);
  const host = await openModelHost({
    url: workerUrl('./model-process', import.meta.url),
    task: {
      use: 'rank',
      model,
      ...(parent !== undefined && { parent }),
      revision,
      dtype,
      pooling: 'cls',
      cacheDir,
    },
    setting,
    ...options.host,
  });
  return new TransformersReranker(host, identity);
}

class TransformersReranker implements Reranker {
  readonly model: string;
  readonly #host: ModelHost;

  constructor(host: ModelHost, model: string) {
    this.model = model;
    this.#host = host;
  }

  async rerank(
    query: string,
    passages: readonly string[],
    { signal }: RerankOptions = {},
  ): Promise<number[]> {
    const answers = await this.#host.run(
      passages.map((pair) => ({ text: query, pair })),
      { isUrgent: true, signal },
    );
    return answers.map((answer) => answer[0] ?? 0);
  }

  close(): Promise<void> {
    return this.#host.close();
  }
}
