/** Asks an embedder within a time, and leaves one that does not answer alone for a while. */
import type { Clock } from '../../ports/clock.ts';
import type { Embedder, EmbedOptions } from '../../ports/embedder.ts';
import { within } from '../../util/within.ts';

/** Failures in a row after which nobody waits for it any more. */
const failuresMax = 3;
/** How long it is left alone then; doubled by every try that fails again. */
const pauseMinMs = 1_000;
const pauseMaxMs = 30_000;

/**
 * One per embedder and role: an embedder that is too slow for the short wait of a store may well
 * be fast enough for a search.
 */
export class EmbedderGuard {
  readonly #embedder: Embedder;
  readonly #role: EmbedOptions['role'];
  readonly #clock: Clock;
  #failures = 0;
  #pauseMs = pauseMinMs;
  #closedUntil = 0;

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
    if (waitMs === 0 || !this.#mayAsk()) return null;
    try {
      const vectors = await askEmbedder(this.#embedder, texts, this.#role, waitMs);
      this.#failures = 0;
      this.#pauseMs = pauseMinMs;
      this.#closedUntil = 0;
      return vectors;
    } catch {
      this.#noteFailure();
      return null;
    }
  }

  /** After failures in a row, until an answer. */
  get isLeftAlone(): boolean {
    return this.#closedUntil > 0;
  }

  #mayAsk(): boolean {
    const now = this.#clock.now();
    if (now < this.#closedUntil) return false;
    // One asks after a pause; the others go on without until it has an answer.
    if (this.#closedUntil > 0) this.#closedUntil = now + this.#pauseMs;
    return true;
  }

  #noteFailure(): void {
    this.#failures += 1;
    if (this.#failures < failuresMax) return;
    this.#closedUntil = this.#clock.now() + this.#pauseMs;
    this.#pauseMs = Math.min(this.#pauseMs * 2, pauseMaxMs);
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
