import { expect, test } from 'vitest';
import { exchangesOf } from './exchanges.ts';

test('turns beside each other in a thread are one exchange, in the order of the results', () => {
  const placed = [
    { thread: 2, threadPlace: 9 },
    { thread: 1, threadPlace: 4 },
    { thread: 2, threadPlace: 7 },
    { thread: 0, threadPlace: 0 },
    { thread: 1, threadPlace: 3 },
    { thread: 2, threadPlace: 4 },
    { thread: 0, threadPlace: 0 },
  ];
  expect(exchangesOf(placed)).toEqual([1, 2, 1, null, 2, null, null]);
});

test('one result, or none, is no exchange', () => {
  expect(exchangesOf([])).toEqual([]);
  expect(exchangesOf([{ thread: 3, threadPlace: 1 }])).toEqual([null]);
});
