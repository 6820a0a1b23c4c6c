/** Token buckets in Redis: the rule of domain/rate.ts, carried out there in one step. */
import { type BucketSize, type RateState, rateState, roundingMs } from '../../domain/rate.ts';
import { type RedisCommands, RedisScript } from './redis-script.ts';

/**
 * A key holds when its bucket is full again, and is gone when it is. The time is that of Redis, so
 * the clocks of the servers do not matter. Numbers travel as text: Redis cuts fractions off.
 */
const script = new RedisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local answer = { string.format('%.17g', now) }
for i, key in ipairs(KEYS) do
  local limit, period = tonumber(ARGV[i * 2 - 1]), tonumber(ARGV[i * 2])
  local stored = tonumber(redis.call('GET', key) or '')
  local before = math.min(math.max(stored or now, now), now + period)
  local after = before + period / limit
  local allowed = after - now <= period + ${roundingMs}
  local full = allowed and after or before
  if full ~= stored then
    redis.call('SET', key, string.format('%.17g', full), 'PX', math.ceil(full - now))
  end
  answer[#answer + 1] = allowed and '1' or '0'
  answer[#answer + 1] = string.format('%.17g', full)
  if not allowed then break end
end
return answer
`);

export interface RedisBucket extends BucketSize {
  readonly key: string;
}

export interface TakenRates {
  /** By the clock of Redis, in milliseconds since 1970 UTC. */
  readonly now: number;
  /** Up to the first that was refused. */
  readonly states: readonly RateState[];
}

/** Takes one out of each bucket in turn, until one has none. */
export async function takeRates(
  redis: RedisCommands,
  buckets: readonly RedisBucket[],
): Promise<TakenRates> {
  const keys = buckets.map(({ key }) => key);
  const sizes = buckets.flatMap(({ limit, periodMs }) => [String(limit), String(periodMs)]);
  const [now = Number.NaN, ...taken] = numbersOf(await script.run(redis, keys, sizes));
  const states = buckets.slice(0, taken.length / 2).map((size, i) => {
    const [allowed, fullAt = Number.NaN] = taken.slice(i * 2);
    return rateState({ isAllowed: allowed === 1, fullAt }, size, now);
  });
  return { now, states };
}

/** Throws for what is no list of numbers. */
export function numbersOf(reply: unknown): number[] {
  const numbers = Array.isArray(reply) ? reply.map(Number) : [Number.NaN];
  if (numbers.some(Number.isNaN)) throw new Error('Redis gave an answer that is not understood.');
  return numbers;
}
