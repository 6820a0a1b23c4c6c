/**
 * The rule of a token bucket: so many at once, and refilled evenly. A bucket is one number: when
 * it will be full again. This is the virtual scheduling form of the leaky bucket (GCRA, ITU-T
 * I.371), so that nothing has to be refilled.
 */

export interface BucketSize {
  /** How many a full bucket holds. */
  readonly limit: number;
  /** In which an empty bucket is full again. */
  readonly periodMs: number;
}

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
export const roundingMs = 0.001;

/** Takes one where there is one. `fullAt`: of the bucket; undefined for one that is full. */
export function takeOne(fullAt: number | undefined, size: BucketSize, now: number): RateState {
  const { limit, periodMs } = size;
  const before = Math.min(Math.max(fullAt ?? now, now), now + periodMs);
  const after = before + periodMs / limit;
  const isAllowed = after - now <= periodMs + roundingMs;
  return rateState({ isAllowed, fullAt: isAllowed ? after : before }, size, now);
}

/** What a decision at `now`, whoever made it, means for who asked. */
export function rateState(
  { isAllowed, fullAt }: Pick<RateState, 'isAllowed' | 'fullAt'>,
  { limit, periodMs }: BucketSize,
  now: number,
): RateState {
  const eachMs = periodMs / limit;
  const remaining = Math.max(0, Math.floor((now + periodMs - fullAt + roundingMs) / eachMs));
  const waitMs = isAllowed ? 0 : fullAt + eachMs - periodMs - now;
  return { isAllowed, limit, remaining, fullAt, waitMs };
}
