/** Sentences that nobody wrote for the rules: fewer wrong than found, and no worse than before. */
import { expect, test } from 'vitest';
import * as made from '../../../packages/server/dist/engine/dream/strategies/all-strategies.js';
import { naturalSets } from './natural/all-sets.ts';
import type { NaturalSet } from './natural-set.ts';
import { scoreNatural } from './score-natural.ts';

/** Of the half that no rule was mended with; some points below what was measured. */
const least: Partial<Record<NaturalSet['strategy'], readonly [precision: number, recall: number]>> =
  {
    forecast: [0.9, 0.8],
    validate: [0.95, 0.5],
    synthesize: [0.8, 0.2],
    evolve: [0.9, 0.8],
    associate: [0.9, 0.8],
    pattern_extract: [0.8, 0.9],
  };

test.each(naturalSets.map((set) => [set.strategy, set] as const))('%s', async (id, set) => {
  const strategy = made.allStrategies.find((one) => one.id === id);
  if (strategy === undefined) throw new Error(`there is no strategy ${id}`);
  const [precision = 0, recall = 0] = least[id] ?? [];
  const { found, right, recalled, positives } = await scoreNatural(strategy, set, 1);
  expect(right).toBeGreaterThanOrEqual(precision * found);
  expect(recalled).toBeGreaterThanOrEqual(recall * positives);
});

test('each set has forty that should be found and forty near misses', () => {
  for (const { strategy, cases } of naturalSets) {
    const positives = cases.filter(({ isPositive }) => isPositive).length;
    expect([strategy, positives >= 40, cases.length - positives >= 40]).toEqual([
      strategy,
      true,
      true,
    ]);
  }
});
