import fc from 'fast-check';
import { expect, test } from 'vitest';
import { questionShare } from './question-share.ts';

test.each([
  ['', 0],
  ['I moved to Bern.', 0],
  ['Where do you live?', 1],
  ['"Where do you live?" ', 1],
  ['Abcd efgh! Ijkl mnop?', 0.5],
  ['Really?! No way.', 6 / 11],
  ['See https://example.org/find?q=1 for more.', 0],
  ['你住在哪里？我住在伯尔尼。', 5 / 11],
  ['أين تسكن؟', 1],
  ['Πού μένεις\u037e', 1],
  ['first line\nwhat is it?', 8 / 17],
  ['???', 0],
])('%s', (text, share) => {
  expect(questionShare(text)).toBeCloseTo(share, 10);
});

test('it is a share of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const share = questionShare(text);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }),
  );
});
