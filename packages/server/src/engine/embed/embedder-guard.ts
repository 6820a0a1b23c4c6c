/** Asks an embedder within a time, and leaves one that does not answer alone for a while. */
import type { Clock } from '../../ports/clock.ts';
import type { Embedder, EmbedOptions } from '../../ports/embedder.ts';
import { LeaveAlone } from '../../util/leave-alone.ts';
import { within } from '../../util/within.ts';

/**
 * One per embedder and role: an embedder that is too slow for the short wait of a store may well
 * be fast enough for a search.
 */
export class EmbedderGuard {
  readonly #embedder: Embedder;
  readonly #role: EmbedOptions['role'];
  readonly #clock: Clock;
  readonly #patience = new LeaveAlone();

  constructor(embedder: Embedder, role: EmbedOptions['role'], clock: Clock) {
    this.#embedder = embedder;
    this.#role = role;
    this.#clock = clock;
  }

  /**
   * Null when it did not answer in time, failed, or is left alone at the moment. An instant
   * embedder is always asked and always answers.
   */
  async tryEmbed(texts: readonly string[], waitMs: number): Promise<Float32Array[] | null> {
    if (this.#embedder.isInstant) return this.#embedder.embed(texts, { role: this.#role });
    if (waitMs === 0 || !this.#patience.mayAsk(this.#clock.now())) return null;
    try {
      const vectors = await askEmbedder(this.#embedder, texts, this.#role, waitMs);
      this.#patience.answered();
      return vectors;
    } catch {
      this.#patience.failed(this.#clock.now());
      return null;
    }
  }

  /** After failures in a row, until an answer. */
  get isLeftAlone(): boolean {
    return this.#patience.isLeftAlone;
  }
}

/** Rejects when the answer is late or is not one vector of the right length per text. */
export async function askEmbedder(
  embedder: Embedder,
  texts: readonly string[],
  role: EmbedOptions['role'],
  waitMs: number,
  stop?: AbortSignal,
): Promise<Float32Array[]> {
  const ask = (signal: AbortSignal) => embedder.embed(texts, { role, signal });
  const vectors = await within(waitMs, ask, stop);
  const { dimension } = embedder;
  if (vectors.length === texts.length && vectors.every(({ length }) => length === dimension)) {
    return vectors;
  }
  throw new Error(`The embedder did not give ${texts.length} vectors of ${dimension} numbers.`);
}
