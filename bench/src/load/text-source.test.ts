import { expect, test } from 'vitest';
import { createTextSource, inventedWord } from './text-source.ts';

test('texts are the same in every run and differ from each other', () => {
  const one = createTextSource(1);
  const again = createTextSource(1);
  expect(one.text(5)).toBe(again.text(5));
  expect(one.text(5)).not.toBe(one.text(6));
  expect(one.text(5)).not.toBe(createTextSource(2).text(5));
});

test('texts have about 25 words, and queries 6 to 8 words of their text', () => {
  const source = createTextSource(7);
  let words = 0;
  for (let n = 0; n < 500; n += 1) {
    const text = source.text(n);
    words += text.split(' ').length;
    const asked = source.query(n).split(' ');
    expect(asked.length).toBeLessThanOrEqual(8);
    expect(asked.length).toBeGreaterThanOrEqual(4);
    for (const word of asked) expect(text).toContain(word);
  }
  expect(words / 500).toBeGreaterThan(24);
  expect(words / 500).toBeLessThan(26);
});

test('invented words are all different', () => {
  const made = new Set(Array.from({ length: 100_000 }, (_, n) => inventedWord(n)));
  expect(made.size).toBe(100_000);
});

test('the commonest content word is in a few of a hundred texts', () => {
  const source = createTextSource(3);
  const counts = new Map<string, number>();
  for (let n = 0; n < 2_000; n += 1) {
    for (const word of new Set(source.query(n).split(' '))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const share = Math.max(...counts.values()) / 2_000;
  expect(share).toBeGreaterThan(0.02);
  expect(share).toBeLessThan(0.12);
});
