import { expect, test } from 'vitest';
import { mean, percentile, summarize } from './stats.ts';

test('percentiles are nearest-rank and need no sorted input', () => {
  const values = [5, 1, 4, 2, 3];
  expect(percentile(values, 0.5)).toBe(3);
  expect(percentile(values, 0.95)).toBe(5);
  expect(percentile(values, 0)).toBe(1);
  expect(values).toEqual([5, 1, 4, 2, 3]);
});

test('a summary of nothing is not a number, never zero', () => {
  expect(summarize([]).p95).toBeNaN();
  expect(mean([])).toBeNaN();
});
