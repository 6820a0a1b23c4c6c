import { expect, test } from 'vitest';
import { binomialTail } from './binomial-tail.ts';

test('sums up the chances of many', () => {
  expect(binomialTail(2, 2, 0.5)).toBeCloseTo(0.25);
  expect(binomialTail(1, 3, 0.5)).toBeCloseTo(0.875);
  expect(binomialTail(9, 11, 1 / 7)).toBeLessThan(1e-5);
  expect(binomialTail(0, 5, 0.1)).toBe(1);
  expect(binomialTail(6, 5, 0.1)).toBe(0);
  expect(binomialTail(3, 5, 1)).toBe(1);
  expect(binomialTail(400, 1_000, 0.4)).toBeCloseTo(0.51, 1);
});
