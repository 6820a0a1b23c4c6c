import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRanges, encodeRanges } from './number-ranges.ts';

test('neighbours become one range', () => {
  expect(encodeRanges([])).toBe('');
  expect(encodeRanges([1, 2, 3, 7, 9, 10])).toBe('1-3,7,9-10');
});

test('any ascending numbers come back', () => {
  const ascending = fc
    .uniqueArray(fc.integer({ min: 0, max: 200 }))
    .map((numbers) => numbers.sort((a, b) => a - b));
  fc.assert(
    fc.property(ascending, (numbers) => {
      expect(decodeRanges(encodeRanges(numbers))).toEqual(numbers);
    }),
  );
});

test.each(['x', '1-', '1--2', '1,,2', ' 1'])('%j is refused', (text) => {
  expect(() => decodeRanges(text)).toThrow('no range');
});
