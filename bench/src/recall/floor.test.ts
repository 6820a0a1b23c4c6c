import { expect, test } from 'vitest';
import type { Item } from '../lib/api.ts';
import { createFloor, floorText } from './floor.ts';
import { detectLanguage, floorTerms } from './floor-words.ts';

function item(doc: string, value: string): Item {
  return { value, metadata: { doc } };
}

function ranked(values: Record<string, string>, query: string): [string, number][] {
  const items = Object.entries(values).map(([doc, value]) => item(doc, value));
  const floor = createFloor({ name: 'g', items, queries: [] });
  return floor.rank(query, 10).map(({ doc, score }) => [doc, Number(score.toFixed(3))]);
}

test('scores are those of BM25, worked out by hand', () => {
  // No language is seen in three words, so the terms are the words. Lengths 2, 1, 3; mean 2.
  const values = { b: 'kiwi plum', a: 'kiwi', c: 'plum plum fig' };
  // kiwi: idf ln(1 + 1.5 / 2.5) = .470; a .470 x 2.2 / (1 + 1.2 x 0.625) = .591, b .470.
  expect(ranked(values, 'kiwi')).toEqual([
    ['a', 0.591],
    ['b', 0.47],
  ]);
  // plum: idf .470; c holds it twice: .470 x 4.4 / (2 + 1.2 x 1.375) = .567.
  expect(ranked(values, 'plum')).toEqual([
    ['c', 0.567],
    ['b', 0.47],
  ]);
  // fig: idf ln(1 + 2.5 / 1.5) = .981; c .981 x 2.2 / (1 + 1.2 x 1.375) = .814.
  expect(ranked(values, 'kiwi, fig')).toEqual([
    ['c', 0.814],
    ['a', 0.591],
    ['b', 0.47],
  ]);
  expect(ranked(values, 'pear')).toEqual([]);
});

test('equal scores keep the order of the documents, and the limit holds', () => {
  expect(ranked({ c: 'kiwi', a: 'kiwi', b: 'kiwi' }, 'kiwi').map(([doc]) => doc)).toEqual([
    'c',
    'a',
    'b',
  ]);
  const floor = createFloor({
    name: 'g',
    items: [item('a', 'fig'), item('b', 'fig')],
    queries: [],
  });
  expect(floor.rank('fig', 1)).toHaveLength(1);
});

test('the date in words and the speaker belong to the text', () => {
  const told = { value: 'Hello', speaker: 'Ann', occurred_at: '2023-05-08T13:56:00.000Z' };
  expect(floorText(told)).toBe('8 May 2023 Ann: Hello');
  expect(floorText({ value: 'Hello' })).toBe('Hello');
});

test.each([
  ['en', 'The dogs were walking in the gardens'],
  ['de', 'Der Hund und die Katze sind nicht in dem Garten'],
  ['es', 'El perro no está en el jardín porque la puerta es de madera'],
  ['ru', 'Собака не была в саду, потому что это был не наш сад'],
  ['-', '黑豹队的防守丢了多少分'],
])('%s is seen in its stop words', (code, text) => {
  expect(detectLanguage([text])).toBe(code);
});

test('words are stemmed and stop words dropped', () => {
  expect(floorTerms("The dogs weren't walking", 'en')).toEqual(['dog', 'walk']);
  expect(floorTerms('The dogs', '-')).toEqual(['the', 'dogs']);
});

test('Chinese becomes bigrams, Thai words, and Latin words between them stay whole', () => {
  expect(floorTerms('看panda熊猫馆 7', '-')).toEqual(['看', 'panda', '熊猫', '猫馆', '7']);
  expect(floorTerms('แมวกินปลา', '-')).toEqual(['แมว', 'กิน', 'ปลา']);
});
