import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitSentences } from './sentences.ts';

const cut = (text: string): string[] =>
  splitSentences(text).map(({ start, end }) => text.slice(start, end));

test('sentences end at marks, at line breaks, and in scripts without spaces', () => {
  expect(cut('Hi! We moved (finally). Is it far?')).toEqual([
    'Hi!',
    'We moved (finally).',
    'Is it far?',
  ]);
  expect(cut('one\ntwo\n\nthree')).toEqual(['one', 'two', 'three']);
  expect(cut('我搬家了。你呢？很好！')).toEqual(['我搬家了。', '你呢？', '很好！']);
});

test('titles, initials and numbers end none', () => {
  expect(cut('Dr. Ng and J. Roe paid 3.50 for e.g. tea. Good.')).toEqual([
    'Dr. Ng and J. Roe paid 3.50 for e.g. tea.',
    'Good.',
  ]);
});

test('nothing but space is lost, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(cut(text).join('').replace(/\s/gu, '')).toBe(text.replace(/\s/gu, ''));
    }),
  );
});
