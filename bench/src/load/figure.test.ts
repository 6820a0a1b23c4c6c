import { expect, test } from 'vitest';
import { figureTable, skipped, verdict } from './figure.ts';

test('a limit is met below it, an "at least" above it, and a skip is neither', () => {
  expect(verdict({ what: 'a', goal: 2, value: 2, unit: 'ms' })).toBe('met');
  expect(verdict({ what: 'a', goal: 2, value: 2.1, unit: 'ms' })).toBe('missed');
  expect(verdict({ what: 'a', goal: 8, atLeast: true, value: 7.9, unit: 'x' })).toBe('missed');
  expect(verdict({ what: 'a', goal: 8, atLeast: true, value: 8, unit: 'x' })).toBe('met');
  expect(verdict({ what: 'a', goal: null, value: 1, unit: 'x' })).toBe('-');
  expect(verdict(skipped('a', 2, 'ms', 'no strace'))).toBe('skipped');
  expect(verdict({ what: 'a', goal: 2, value: Number.NaN, unit: 'ms' })).toBe('skipped');
});

test('a skipped figure shows its reason and no number', () => {
  const [row] = figureTable([skipped('delay', 5, 'ms', 'strace is not installed')]).rows;
  expect(row).toEqual([
    'delay',
    'at most 5 ms',
    null,
    'skipped',
    null,
    null,
    null,
    'skipped: strace is not installed',
  ]);
});
