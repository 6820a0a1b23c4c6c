/** Token buckets by name, in the memory of this process. */
import { type RateState, takeOne } from '../domain/rate.ts';

export interface RateLimiterOptions {
  /** In which an empty bucket is full again. */
  readonly periodMs: number;
  /** Buckets that are known; those that were asked for longest ago are forgotten first. */
  readonly bucketsMax: number;
}

export class RateLimiter {
  readonly #fullAt = new Map<string, number>();
  readonly #options: RateLimiterOptions;

  constructor(options: RateLimiterOptions) {
    this.#options = options;
  }

  /** Takes one where there is one. `limit` is how many a full bucket holds. */
  take(name: string, limit: number, now: number): RateState {
    const { periodMs, bucketsMax } = this.#options;
    const state = takeOne(this.#fullAt.get(name), { limit, periodMs }, now);
    // Moved to the end: the first entry is the one that was asked for longest ago.
    this.#fullAt.delete(name);
    this.#fullAt.set(name, state.fullAt);
    if (this.#fullAt.size > bucketsMax) this.#dropOldest();
    return state;
  }

  /** Buckets that are known now. */
  get size(): number {
    return this.#fullAt.size;
  }

  #dropOldest(): void {
    for (const name of this.#fullAt.keys()) {
      this.#fullAt.delete(name);
      return;
    }
  }
}
