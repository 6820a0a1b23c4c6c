import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Reservation, Spending } from './spending.ts';

const counts = fc.record({
  inputTokens: fc.integer({ min: 0, max: 1_000 }),
  outputTokens: fc.integer({ min: 0, max: 1_000 }),
});

test('what is spent never passes a budget that each call keeps to', () => {
  const steps = fc.array(fc.tuple(counts, fc.double({ min: 0, max: 1, noNaN: true })));
  const budget = fc.record({
    tokens: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
    dollars: fc.option(fc.double({ min: 0, max: 0.01, noNaN: true }), { nil: undefined }),
  });
  fc.assert(
    fc.property(budget, steps, (limits, calls) => {
      const prices = { input: 1, output: 5 };
      const spending = new Spending({ budget: limits, prices, now: () => 0 });
      const open: (() => void)[] = [];
      for (const [wanted, share] of calls) {
        const reservation = spending.reserve(wanted);
        if (reservation === undefined) continue;
        open.push(() => reservation.settle(partOf(wanted, share)));
        // Some are answered at once, some later.
        if (share > 0.5) open.shift()?.();
      }
      for (const settle of open) settle();
      const { inputTokens, outputTokens, dollars } = spending.report();
      expect(inputTokens + outputTokens).toBeLessThanOrEqual(limits.tokens ?? Infinity);
      expect(dollars).toBeLessThanOrEqual((limits.dollars ?? Infinity) + 1e-9);
      expect(dollars).toBeCloseTo((inputTokens + outputTokens * 5) / 1e6, 9);
    }),
  );
});

function partOf(wanted: { inputTokens: number; outputTokens: number }, share: number) {
  return {
    inputTokens: Math.floor(wanted.inputTokens * share),
    outputTokens: Math.floor(wanted.outputTokens * share),
    isEstimated: false,
  };
}

test('a reservation is settled once', () => {
  const spending = new Spending({ budget: { tokens: 10 }, now: () => 0 });
  const reserve = (): Reservation | undefined =>
    spending.reserve({ inputTokens: 5, outputTokens: 5 });
  const first = reserve();
  expect(reserve()).toBeUndefined();
  first?.settle({ inputTokens: 1, outputTokens: 1, isEstimated: true });
  first?.settle({ inputTokens: 9, outputTokens: 9, isEstimated: false });
  expect(spending.report()).toMatchObject({ inputTokens: 1, outputTokens: 1, isEstimated: true });
  expect(reserve()).toBeUndefined();
  expect(spending.reserve({ inputTokens: 4, outputTokens: 4 })).toBeDefined();
});

test('time counts from when it was opened', () => {
  let now = 1_000;
  const spending = new Spending({ budget: { seconds: 2 }, now: () => now });
  const reserve = () => spending.reserve({ inputTokens: 1, outputTokens: 1 });
  expect(spending.msLeft()).toBe(2_000);
  now = 2_999;
  expect(reserve()).toBeDefined();
  now = 3_000;
  expect(reserve()).toBeUndefined();
});

test('without prices dollars are not known, and no budget', () => {
  const spending = new Spending({ budget: {}, now: () => 0 });
  expect(spending.report().dollars).toBeNull();
  expect(spending.msLeft()).toBe(Number.POSITIVE_INFINITY);
  expect(() => new Spending({ budget: { dollars: 1 }, now: () => 0 })).toThrow(
    'A budget in dollars needs prices: set REVERIE_LLM_PRICE.',
  );
});
