import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSaidIn, saidBy } from './near-equal.ts';

const isSaid = (text: string, other: string) => isSaidIn(saidBy(text), saidBy(other));
const long = 'We met at the harbour in Porto and talked about the boat that Ann wants to sell';

test.each([
  ['I like green tea.', 'I LIKE green tea!'],
  ['I love hiking in the Alps', 'I really love hiking in the Alps'],
  [long, `${long}.`],
  ['我喜欢喝茶。', '我喜欢喝茶'],
  ['tea', 'Tea.'],
])('is said already: %s', (text, other) => expect(isSaid(text, other)).toBe(true));

test.each([
  ['another number', `${long} for 900 euros`, `${long} for 700 euros`],
  ['another name', long, long.replace('Ann', 'Bob')],
  ['a negation', `${long}, not really`, `${long}, really`],
  ['another time', 'I lived in Porto', 'I live in Porto'],
  [
    'another order',
    'Ann told Bob that Clara is late today',
    'Clara told Ann that Bob is late today',
  ],
  ['a word of a sentence', 'tea', 'I spilled tea'],
  ['a part of a long text', 'I like tea', `I like tea. ${long}`],
  ['nothing', '', long],
])('%s is another text', (_, text, other) => expect(isSaid(text, other)).toBe(false));

test('every text with a word is said in itself', () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 30 }), (text) => {
      expect(isSaid(text, text)).toBe(true);
    }),
  );
});
