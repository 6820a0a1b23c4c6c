import { expect, test } from 'vitest';
import { score } from './metrics.ts';
import type { Scored } from './run.ts';
import { ablationVariants, categoryTable } from './tables.ts';

function scored(category: string, found: boolean): Scored {
  return { ...score(found ? ['a'] : ['x'], ['a']), category, serverMs: 1, httpMs: 2 };
}

test('the LoCoMo row leaves the adversarial category out, the last row does not', () => {
  const table = categoryTable(
    't',
    [scored('1', true), scored('4', true), scored('5', false)],
    true,
  );
  expect(table.rows.map((row) => row.slice(0, 3))).toEqual([
    ['1', 1, 1],
    ['4', 1, 1],
    ['5', 1, 0],
    ['categories 1-4', 2, 1],
    ['all', 3, 0.667],
  ]);
});

test('the ablation switches each signal off once and never all of them', () => {
  const variants = ablationVariants();
  expect(variants).toHaveLength(11);
  for (const { signals } of variants) {
    expect(signals.vector || signals.text || signals.entity).toBe(true);
  }
  const names = variants.map((variant) => JSON.stringify(variant.signals));
  expect(new Set(names).size).toBe(11);
});
