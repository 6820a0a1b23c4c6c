import { expect, test } from 'vitest';
import { parseKey, parseLabel, parseNamespace } from './names.ts';

test('composed and decomposed spellings are one namespace', () => {
  expect(parseNamespace('cafe\u0301')).toBe(parseNamespace('caf\u00e9'));
});

test.each(['', 'a\u0000b', 'a\nb', '\u007f', '\ud800', 'x'.repeat(257), 'é'.repeat(129)])(
  'refuses the namespace %j',
  (name) => {
    expect(() => parseNamespace(name)).toThrow('namespace');
  },
);

test('bounds are in bytes', () => {
  expect(parseNamespace('x'.repeat(256))).toHaveLength(256);
  expect(parseKey('日'.repeat(170))).toHaveLength(170);
  expect(() => parseKey('日'.repeat(171))).toThrow('512');
  expect(() => parseLabel('\t', 'tags[0]')).toThrow('tags[0]');
});
