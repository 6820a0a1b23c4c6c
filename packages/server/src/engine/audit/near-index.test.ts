import { expect, test } from 'vitest';
import { NearIndex } from './near-index.ts';

const words = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${((from + i) * 7919) % 100_003} word`);

test('texts with most words in common meet, those with few rarely', () => {
  let [met, strangers] = [0, 0];
  for (let round = 0; round < 300; round += 1) {
    const index = new NearIndex();
    index.add(words(round * 100, 20));
    index.add(words(round * 100 + 50, 20));
    // 18 of 22 words in common with the first, 3 of 37 with the second.
    const found = index.add([...words(round * 100, 19), ...words(round * 100 + 67, 1)]);
    if (found.includes(0)) met += 1;
    if (found.includes(1)) strangers += 1;
  }
  expect(met).toBeGreaterThan(295);
  expect(strangers).toBeLessThan(30);
});

test('of many that are alike only a few are named', () => {
  const index = new NearIndex();
  for (let i = 0; i < 500; i += 1) expect(index.add(words(1, 10)).length).toBeLessThanOrEqual(8);
});
