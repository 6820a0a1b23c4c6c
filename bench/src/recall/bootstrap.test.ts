import { expect, test } from 'vitest';
import { createRandom } from '../lib/random.ts';
import { formatDifference, pairedBootstrap, verdict } from './bootstrap.ts';

test('a difference that is the same everywhere has no width', () => {
  const result = pairedBootstrap([0, 0.5, 0.25], [0.5, 1, 0.75]);
  expect(result).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  expect(verdict(result)).toBe('above');
  expect(formatDifference(result)).toBe('+0.500 [0.500, 0.500]');
});

test('the interval is about 1.96 standard errors wide on each side', () => {
  const random = createRandom(7);
  const first = Array.from({ length: 400 }, () => 0);
  const second = Array.from({ length: 400 }, () => (random() < 0.5 ? 1 : -1));
  const { mean, low, high } = pairedBootstrap(first, second);
  // The standard deviation of +1 and -1 is 1, so the standard error is 1 / 20.
  expect(high - mean).toBeGreaterThan(0.088);
  expect(high - mean).toBeLessThan(0.108);
  expect(mean - low).toBeGreaterThan(0.088);
  expect(mean - low).toBeLessThan(0.108);
});

test('equal seeds give equal intervals, other seeds others', () => {
  const first = [0, 1, 0, 0.5, 1, 0, 0.25];
  const second = [1, 0.5, 0, 1, 1, 0.75, 0];
  expect(pairedBootstrap(first, second)).toEqual(pairedBootstrap(first, second));
  const few = (seed: number) => pairedBootstrap(first, second, { seed, resamples: 50 });
  expect(few(1)).not.toEqual(few(2));
});

test('a loss is marked plainly, a possible one as such', () => {
  expect(verdict({ mean: -0.2, low: -0.3, high: -0.1 })).toBe('BELOW');
  expect(verdict({ mean: -0.2, low: -0.5, high: 0.1 })).toBe('below, within chance');
  expect(verdict({ mean: 0, low: 0, high: 0 })).toBe('within chance');
  expect(formatDifference({ mean: -0.2, low: -0.5, high: 0.1 })).toBe('-0.200 [-0.500, 0.100]');
});

test('no queries are no result, and unpaired scores a mistake', () => {
  expect(formatDifference(pairedBootstrap([], []))).toBe('-');
  expect(() => pairedBootstrap([1], [])).toThrow('one score per query');
});
