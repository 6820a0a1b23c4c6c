/** Counters in a real Redis: the contract, and random histories beside the rules in memory. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeOne } from '../../domain/rate.ts';
import type { SharedTurn } from '../../ports/shared-counters.ts';
import { runCountersContract } from '../contract/counters-contract.ts';
import { ReferenceCounters } from '../contract/reference-counters.ts';
import { takeRates } from './rate-script.ts';
import { freshPrefix, missing, openTestLink, removeAll, type TestLink } from './test-redis.ts';

const hourMs = 3_600_000;

// The reason is in the title.
describe.skipIf(missing)(`counters in Redis${missing ? ` (${missing})` : ''}`, () => {
  runCountersContract({
    name: 'redis',
    open: async () => {
      const prefix = freshPrefix();
      const [a, b] = [await openTestLink(prefix), await openTestLink(prefix)];
      return {
        servers: [a.counters, b.counters],
        forget: () => removeAll(a, prefix),
        close: async () => {
          await removeAll(a, prefix);
          for (const { link } of [a, b]) link.close();
        },
      };
    },
  });

  let prefix: string;
  let opened: TestLink;
  beforeAll(async () => {
    prefix = freshPrefix();
    opened = await openTestLink(prefix);
  });
  afterAll(async () => {
    await removeAll(opened, prefix);
    opened.link.close();
  });

  test('its buckets are those of the limiter in memory, by the clock of Redis', async () => {
    const bucket = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      limit: fc.integer({ min: 1, max: 12 }),
      // Short enough for some to fill up while the sequence runs.
      periodMs: fc.constantFrom(1, 7, 40, hourMs),
    });
    const takes = fc.array(fc.array(bucket, { minLength: 1, maxLength: 3 }), { maxLength: 60 });
    let sequences = 0;
    await fc.assert(
      fc.asyncProperty(takes, async (sequence) => {
        const run = ++sequences;
        const fullAt = new Map<string, number>();
        for (const buckets of sequence) {
          const keyed = buckets.map((one) => ({ ...one, key: `${prefix}${run}:${one.name}` }));
          const taken = await opened.link.run((redis) => takeRates(redis, keyed));
          if (!taken) throw new Error('Redis did not answer');
          const expected = [];
          for (const one of buckets) {
            const state = takeOne(fullAt.get(one.name), one, taken.now);
            fullAt.set(one.name, state.fullAt);
            expected.push(state);
            if (!state.isAllowed) break;
          }
          expect(taken.states).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('its sums are those of the reference, whatever is asked, given back and lost', async () => {
    const asked = fc.record({
      items: fc.integer({ min: 0, max: 9 }),
      isAlwaysAllowed: fc.boolean(),
    });
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          who: fc.nat(2),
          asked: fc.array(asked),
          back: fc.nat(4),
          others: fc.dictionary(fc.constantFrom('c0', 'c1', 'c2', 'c9'), fc.nat(30), {
            maxKeys: 2,
          }),
          isReturning: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ leaves: fc.nat(2) }) },
      { weight: 1, arbitrary: fc.constant({ lost: true }) },
    );
    let sequences = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const reference = new ReferenceCounters(() => 0);
        const mine = [0, 0, 0];
        const known = { base: 7, shares: { c1: 3 } };
        const endsAt = Date.now() + hourMs;
        const sum = { name: `sum ${++sequences}`, endsAt, recover: async () => known };
        for (const each of steps) {
          if ('lost' in each) {
            reference.forget();
            await removeAll(opened, prefix);
          } else if ('leaves' in each) {
            const counter = `c${each.leaves}`;
            for (const counters of [opened.counters, reference]) {
              await counters.leave(sum, counter, mine[each.leaves] ?? 0);
            }
            mine[each.leaves] = 0;
          } else {
            const own = Math.max(0, (mine[each.who] ?? 0) - each.back);
            const { [`c${each.who}`]: _, ...others } = each.others;
            const turn: SharedTurn = {
              ...{
                counter: `c${each.who}`,
                mine: own,
                limit: 60,
                others,
                isReturning: each.isReturning,
                asked: each.asked,
              },
            };
            const answer = await opened.counters.grant(sum, turn);
            expect(answer).toEqual(await reference.grant(sum, turn));
            const granted = each.asked.filter((_, i) => answer?.isGranted[i]);
            mine[each.who] = granted.reduce((total, { items }) => total + items, own);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('everything that it keeps goes by itself', async () => {
    const { counters, link } = opened;
    await counters.take([{ name: 'x', limit: 1, periodMs: 60_000 }]);
    const sum = { name: 'x', endsAt: Date.now() + 60_000 };
    const recover = async () => ({ base: 0, shares: {} });
    await counters.grant(
      { ...sum, recover },
      { counter: 'a', mine: 0, limit: 1, others: {}, isReturning: false, asked: [] },
    );
    const keys = await link.run((redis) => redis.sendCommand(['KEYS', `${prefix}*`]));
    expect(Array.isArray(keys) && keys.length).toBeGreaterThanOrEqual(2);
    for (const key of Array.isArray(keys) ? keys : []) {
      const leftMs = await link.run((redis) => redis.sendCommand(['PTTL', String(key)]));
      expect(Number(leftMs)).toBeGreaterThan(0);
    }
  });
});
