import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RateLimiter } from './rate-limiter.ts';
import { rateLimited } from './rates.ts';

const minute = { periodMs: 60_000, bucketsMax: 1000 };

test('a full bucket gives its limit at once, and then one at a time', () => {
  const limiter = new RateLimiter(minute);
  const states = Array.from({ length: 5 }, () => limiter.take('a', 3, 1000));
  expect(states.map(({ isAllowed }) => isAllowed)).toEqual([true, true, true, false, false]);
  expect(states.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 0]);
  expect(states[4]).toMatchObject({ waitMs: 20_000, fullAt: 61_000 });
  expect(limiter.take('a', 3, 20_999).isAllowed).toBe(false);
  expect(limiter.take('a', 3, 21_000).isAllowed).toBe(true);
  expect(limiter.take('a', 3, 21_000).isAllowed).toBe(false);
  expect(limiter.take('b', 3, 21_000).remaining).toBe(2);
});

test('the refusal says how long to wait, in whole seconds', () => {
  const limiter = new RateLimiter(minute);
  limiter.take('a', 1, 0);
  const error = rateLimited(limiter.take('a', 1, 59_500));
  expect(error).toMatchObject({ code: 'rate_limited', details: { limit: 1, retry_after: 1 } });
  expect(rateLimited(limiter.take('a', 1, 100)).details?.retry_after).toBe(60);
});

test('in no minute more than twice the limit pass, and who waits as told is let in', () => {
  const steps = fc.array(fc.nat(5000), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), steps, (limit, pauses) => {
      const limiter = new RateLimiter(minute);
      let now = 0;
      const passed: number[] = [];
      for (const pause of pauses) {
        now += pause;
        const state = limiter.take('a', limit, now);
        expect(state.remaining).toBeGreaterThanOrEqual(0);
        expect(state.remaining).toBeLessThanOrEqual(limit);
        if (state.isAllowed) passed.push(now);
        const after = now - 60_000;
        expect(passed.filter((at) => at > after).length).toBeLessThanOrEqual(2 * limit);
        if (state.isAllowed) continue;
        now += Math.ceil(state.waitMs);
        expect(limiter.take('a', limit, now).isAllowed).toBe(true);
        passed.push(now);
      }
    }),
  );
});

test('so many buckets are known, and the least recently asked goes first', () => {
  const limiter = new RateLimiter({ periodMs: 60_000, bucketsMax: 2 });
  for (const name of ['a', 'b', 'a', 'c']) limiter.take(name, 5, 0);
  expect(limiter.size).toBe(2);
  expect(limiter.take('a', 5, 0).remaining).toBe(2);
  expect(limiter.take('b', 5, 0).remaining).toBe(4);
});
