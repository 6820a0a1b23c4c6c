import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSaidIn, saidBy, saysTheSame } from './same-words.ts';

const isSame = (a: string, b: string) => saysTheSame(saidBy(a), saidBy(b));
const isSaid = (text: string, other: string) => isSaidIn(saidBy(text), saidBy(other));
const long = 'We met at the harbour in Porto and talked about the boat that Ann wants to sell';

test.each([
  ['I live in Porto.', 'i live  in Porto'],
  ['我喜欢喝乌龙茶。', '我喜欢喝乌龙茶'],
  ['We met Ann at the harbour cafe.', 'Yes, we met Ann at a harbour cafe'],
  ['yes', 'YES!'],
])('%s = %s', (a, b) => {
  expect(isSame(a, b)).toBe(true);
  expect(isSame(b, a)).toBe(true);
});

test.each([
  ['I live in Porto.', 'I live in Lisbon.'],
  ['The dentist is at 5 pm, in the new house.', 'The dentist is at 6 pm, in the new house.'],
  ['The price is 1.5 million', 'The price is 15 million'],
  ['I like tea', 'I do not like tea'],
  ["I can't come", 'I can come'],
  [
    'Alice borrowed the blue car from Bob for the trip last weekend',
    'Bob borrowed the blue car from Alice for the trip last weekend',
  ],
  [
    'The dentist appointment was moved from Monday at 5 pm to Thursday at 6 pm',
    'The dentist appointment was moved from Thursday at 6 pm to Monday at 5 pm',
  ],
  [`${long} ${'and so on '.repeat(500)} we lost`, `${long} ${'and so on '.repeat(500)} we won`],
  ['我昨天想再去看看科英布拉的老房子', '我昨天不想再去看看科英布拉的老房子'],
  ['!!!', '???'],
  ['👍', '👎'],
])('%s is not %s', (a, b) => {
  expect(isSame(a, b)).toBe(false);
  expect(isSame(b, a)).toBe(false);
});

test.each([
  ['I like green tea.', 'I LIKE green tea!'],
  ['I love hiking in the Alps', 'I love hiking in the Alps with Ann'],
  [long, `${long}, he said.`],
  ['我喜欢喝茶。', '我喜欢喝茶'],
  ['tea', 'Tea.'],
])('is said already: %s', (text, other) => expect(isSaid(text, other)).toBe(true));

test.each([
  ['another number', `${long} for 900 euros`, `${long} for 700 euros`],
  ['another name', long, long.replace('Ann', 'Bob')],
  ['a negation', `${long}, not really`, `${long}, really`],
  ['what is taken back', 'I like green tea', 'I like green tea? Never'],
  ['what is taken back, in Thai', 'ฉันชอบชาเขียวมาก', 'ไม่ฉันชอบชาเขียวมาก'],
  ['another time', 'I lived in Porto', 'I live in Porto'],
  ['what is about the past', 'I like hiking in the Alps', 'I stopped to like hiking in the Alps'],
  ['another order', 'Ann told Bob that Clara is late', 'Clara told Ann that Bob is late'],
  ['a word of a sentence', 'tea', 'I spilled tea'],
  ['a part of a long text', 'I like tea', `I like tea. ${long}`],
  ['nothing', '', long],
])('%s is another text', (_, text, other) => expect(isSaid(text, other)).toBe(false));

test('every text with a word says what it says, and nothing is said in a shorter one', () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 30 }), fc.lorem({ maxCount: 30 }), (a, b) => {
      expect(isSame(a, a) && isSaid(a, a)).toBe(true);
      if (isSame(a, b)) expect(isSaid(a, b) && isSaid(b, a)).toBe(true);
      if (saidBy(a).length > saidBy(b).length) expect(isSaid(a, b)).toBe(false);
    }),
  );
});
