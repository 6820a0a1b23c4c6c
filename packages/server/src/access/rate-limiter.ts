/** Token buckets by name: so many at once, and refilled evenly. */

import { MemoryError } from '../domain/errors.ts';

/** What is left of a bucket, after one was taken or refused. */
export interface RateState {
  readonly isAllowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** When the bucket is full again, in milliseconds since 1970 UTC. */
  readonly fullAt: number;
  /** How long until there is one again; 0 when there is one. */
  readonly waitMs: number;
}

/** Times of today in milliseconds have steps of 2^-12; sums of them are off by less than this. */
const roundingMs = 0.001;

export interface RateLimiterOptions {
  /** In which an empty bucket is full again. */
  readonly periodMs: number;
  /** Buckets that are known; those that were asked for longest ago are forgotten first. */
  readonly bucketsMax: number;
}

/**
 * A bucket is one number: when it will be full again. This is the virtual scheduling form of the
 * leaky bucket (GCRA, ITU-T I.371), so that nothing has to be refilled.
 */
export class RateLimiter {
  readonly #fullAt = new Map<string, number>();
  readonly #options: RateLimiterOptions;

  constructor(options: RateLimiterOptions) {
    this.#options = options;
  }

  /** Takes one where there is one. `limit` is how many a full bucket holds. */
  take(name: string, limit: number, now: number): RateState {
    const { periodMs, bucketsMax } = this.#options;
    const eachMs = periodMs / limit;
    const before = Math.min(Math.max(this.#fullAt.get(name) ?? now, now), now + periodMs);
    const after = before + eachMs;
    const isAllowed = after - now <= periodMs + roundingMs;
    const fullAt = isAllowed ? after : before;
    // Moved to the end: the first entry is the one that was asked for longest ago.
    this.#fullAt.delete(name);
    this.#fullAt.set(name, fullAt);
    if (this.#fullAt.size > bucketsMax) this.#dropOldest();
    const remaining = Math.max(0, Math.floor((now + periodMs - fullAt + roundingMs) / eachMs));
    return { isAllowed, limit, remaining, fullAt, waitMs: isAllowed ? 0 : after - periodMs - now };
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

/** Of a bucket that had none. */
export function rateLimited({ limit, waitMs }: RateState): MemoryError {
  const retry_after = Math.max(1, Math.ceil(waitMs / 1000));
  return new MemoryError('rate_limited', undefined, { details: { limit, retry_after } });
}
