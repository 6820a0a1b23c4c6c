/** Vectors for what is written and asked, as far as they are to be had in time. */
import type { MemoryBody } from '../../domain/memory.ts';
import type { Watch } from '../../observe/watch.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Embedder, EmbedOptions } from '../../ports/embedder.ts';
import type { RowVectors } from '../../ports/records.ts';
import { bodyVectors } from './body-vectors.ts';
import { EmbedderGuard } from './embedder-guard.ts';
import type { Generation, Generations } from './generations.ts';

export interface EmbeddingsOptions {
  readonly generations: Generations;
  readonly clock: Clock;
  /** How long a store waits for an embedder that is not instant; 0 is not at all. */
  readonly storeWaitMs: number;
  /** How long a search waits. */
  readonly queryWaitMs: number;
  readonly watch: Watch;
}

export interface QueryEmbedding {
  readonly vector: Float32Array | null;
  /** Why there is no vector although there should be one, in words for the caller. */
  readonly missing?: string;
}

export class Embeddings {
  readonly generations: Generations;
  readonly #options: EmbeddingsOptions;
  readonly #guards = {
    query: new Map<Embedder, EmbedderGuard>(),
    document: new Map<Embedder, EmbedderGuard>(),
  };

  constructor(options: EmbeddingsOptions) {
    this.#options = options;
    this.generations = options.generations;
  }

  /**
   * An entry for every generation that is kept; null where the vectors follow later. Instant
   * embedders always answer; the wanted one is waited for when `waits`; others follow.
   */
  async forStore(body: MemoryBody, waits: boolean): Promise<RowVectors[]> {
    return Promise.all(
      this.generations.kept.map(async (generation) => ({
        generation: generation.no,
        vectors: await this.#vectorsOf(body, generation, waits),
      })),
    );
  }

  async forQuery(generation: number, text: string): Promise<QueryEmbedding> {
    const known = this.generations.find(generation);
    if (!known) return { vector: null, missing: 'vector: the namespace waits for its vectors' };
    if (known.dimension === 0) return { vector: null };
    const guard = this.#guardOf(generation, 'query');
    if (!guard) {
      const missing = `vector: ${known.model} is gone and the namespace is being embedded again`;
      return { vector: null, missing };
    }
    const { queryWaitMs, watch } = this.#options;
    const ask = () => guard.tryEmbed([text], queryWaitMs);
    const [vector] = (await watch.phase('embed', ask)) ?? [];
    if (vector) return { vector };
    return { vector: null, missing: 'vector: the embedder did not answer in time' };
  }

  /** As documents; undefined where there are no vectors, or no answer in time. */
  async forTexts(
    generation: number,
    texts: readonly string[],
    waitMs: number,
  ): Promise<readonly Float32Array[] | undefined> {
    const guard = this.#guardOf(generation, 'document');
    if (!guard || this.generations.find(generation)?.dimension === 0) return undefined;
    return (await guard.tryEmbed(texts, waitMs)) ?? undefined;
  }

  /** False while the embedder of the wanted vectors is left alone because it did not answer. */
  get answers(): boolean {
    const { no } = this.generations.target;
    const guards = [this.#guardOf(no, 'query'), this.#guardOf(no, 'document')];
    return !guards.some((guard) => guard?.isLeftAlone);
  }

  /** How much of a text the embedder understands, 0 to 1. */
  coverage(generation: number, text: string): number {
    return this.generations.embedderOf(generation)?.coverage?.(text) ?? 1;
  }

  async #vectorsOf(
    body: MemoryBody,
    { no, dimension }: Generation,
    waits: boolean,
  ): Promise<Uint8Array | null> {
    const guard = this.#guardOf(no, 'document');
    if (!guard) return null;
    const { storeWaitMs, watch } = this.#options;
    const waitMs = waits && no === this.generations.target.no ? storeWaitMs : 0;
    const ask = (texts: readonly string[]) => guard.tryEmbed(texts, waitMs);
    const make = () => bodyVectors([body], dimension, ask);
    const [made] = (await watch.phase('embed', make)) ?? [];
    return made ?? null;
  }

  #guardOf(generation: number, role: EmbedOptions['role']): EmbedderGuard | undefined {
    const embedder = this.generations.embedderOf(generation);
    if (!embedder) return undefined;
    const guards = this.#guards[role];
    const guard = guards.get(embedder) ?? new EmbedderGuard(embedder, role, this.#options.clock);
    guards.set(embedder, guard);
    return guard;
  }
}
