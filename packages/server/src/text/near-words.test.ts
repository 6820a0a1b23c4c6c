import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearlySays } from './near-words.ts';
import { saidBy } from './same-words.ts';

const near = (a: string, b: string): boolean => nearlySays(saidBy(a), saidBy(b));

test.each([
  ['a word more', 'I moved to Lisbon in May', 'I have moved to Lisbon in May'],
  ['another function word', 'Our house stands at the lake', 'Our house stands on the lake'],
  ['a moved part', 'On Fridays we order pizza at Luigi', 'We order pizza at Luigi on Fridays'],
  ['a slip', 'He manages the restaurant in the park', 'He manages the restuarant in the park'],
  ['another form', 'They visited Bergen twice this summer', 'They visit Bergen twice this summer'],
  ['a sign more', '我女儿对花生和腰果过敏', '我的女儿对花生和腰果过敏'],
])('near: %s', (_, a, b) => {
  expect(near(a, b)).toBe(true);
});

test.each([
  ['a number', 'The meeting on Monday is at 5 pm', 'The meeting on Monday is at 6 pm'],
  ['a number more', 'The meeting on Monday is in room', 'The meeting on Monday is in room 7'],
  ['a telling word', 'My sister Ruth lives in Oslo now', 'My sister Ruth lives in Rome now'],
  ['a denial', 'I like the new keyboard a lot', 'I do not like the new keyboard a lot'],
  ['who does what to whom', 'Ann owes Bob ten euros', 'Bob owes Ann ten euros'],
  ['who it is', 'He keeps the spare tyre there', 'She keeps the spare tyre there'],
  [
    'two that change places',
    'Ann lives in Rome and Bob in Oslo',
    'Ann lives in Oslo and Bob in Rome',
  ],
  ['too few words', 'I like green tea', 'I like tea'],
  ['a part', 'We go hiking on Sunday', 'We go hiking on Sunday with Ann, Bob and the two dogs'],
  ['a denial in Chinese', '我喜欢新的静音键盘', '我不喜欢新的静音键盘'],
])('not near: %s', (_, a, b) => {
  expect(near(a, b)).toBe(false);
});

test('five words are near themselves, fewer are near nothing', () => {
  const word = fc.constantFrom('ann', 'bob', 'owes', 'the', 'house', 'in', '7', 'not', 'visited');
  const words = fc.array(word, { maxLength: 12 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      expect(nearlySays(a, a)).toBe(a.length >= 5);
      if (nearlySays(a, b)) expect(b.length).toBeGreaterThanOrEqual(5);
    }),
  );
});
