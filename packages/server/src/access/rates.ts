/** Rates of one kind: counted by all servers together where they can, else by this one. */
import { MemoryError } from '../domain/errors.ts';
import type { RateState } from '../domain/rate.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import { RateLimiter, type RateLimiterOptions } from './rate-limiter.ts';

export interface RatesOptions extends RateLimiterOptions {
  /** Buckets of two kinds are two, whatever they are called. */
  readonly kind: string;
  readonly shared?: SharedCounters | undefined;
}

export interface NamedRate {
  readonly name: string;
  readonly limit: number;
}

export class Rates {
  readonly #options: RatesOptions;
  readonly #own: RateLimiter;

  constructor(options: RatesOptions) {
    this.#options = options;
    this.#own = new RateLimiter(options);
  }

  /**
   * Takes one out of each bucket in turn, until one has none. Answers with that one, else with the
   * one that has least left. A promise only where servers count together: nobody else waits.
   */
  take(asked: readonly [NamedRate, ...NamedRate[]], now: number): RateState | Promise<RateState> {
    const { shared } = this.#options;
    return shared?.answers ? this.#takeShared(shared, asked, now) : this.#takeOwn(asked, now);
  }

  async #takeShared(
    shared: SharedCounters,
    asked: readonly [NamedRate, ...NamedRate[]],
    now: number,
  ): Promise<RateState> {
    const { kind, periodMs } = this.#options;
    const buckets = asked.map(({ name, limit }) => ({ name: `${kind} ${name}`, limit, periodMs }));
    const [first, ...others] = (await shared.take(buckets)) ?? [];
    // It went away while it was asked.
    return first === undefined ? this.#takeOwn(asked, now) : others.reduce(tighter, first);
  }

  #takeOwn([first, ...others]: readonly [NamedRate, ...NamedRate[]], now: number): RateState {
    let state = this.#own.take(first.name, first.limit, now);
    for (const { name, limit } of others) {
      if (!state.isAllowed) break;
      state = tighter(state, this.#own.take(name, limit, now));
    }
    return state;
  }
}

/** `later` was asked only because `before` was allowed. */
function tighter(before: RateState, later: RateState): RateState {
  return later.isAllowed && before.remaining < later.remaining ? before : later;
}

/** Of a bucket that had none. */
export function rateLimited({ limit, waitMs }: RateState): MemoryError {
  const retry_after = Math.max(1, Math.ceil(waitMs / 1000));
  return new MemoryError('rate_limited', undefined, { details: { limit, retry_after } });
}
