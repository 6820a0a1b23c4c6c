import { expect, test } from 'vitest';
import { readVectors } from './read-vectors.ts';

test('vectors come out in unit length, and zeros stay zeros', () => {
  const answer = [
    [3, 4],
    [0, 0],
    [1e-30, 0],
  ];
  const vectors = readVectors(answer, { count: 3, dimension: 2 });
  expect(vectors).toEqual(
    [
      [0.6, 0.8],
      [0, 0],
      [1, 0],
    ].map((each) => Float32Array.from(each)),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e200])('%d is refused', (number) => {
  expect(() => readVectors([[number, 1]], { count: 1, dimension: 2 })).toThrow('not finite');
});

test('vectors of a model that was not asked before must agree', () => {
  const unknown = { count: 2, dimension: undefined };
  expect(readVectors([[1], [2]], unknown)).toHaveLength(2);
  expect(() => readVectors([[1], [1, 2]], unknown)).toThrow('2 numbers where 1 are expected');
  expect(() => readVectors([[], []], unknown)).toThrow('0 numbers');
});
