import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareUtf8 } from '../../util/bytes.ts';
import { encodeItem, keyOf } from '../item-table/items.ts';
import { found, idOf, textAfter, toDocument, toItem, whileStill } from './documents.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 6 });

test('an item comes back as it was, and a date as the seconds that it stands for', () => {
  const values = { n: 2 ** 53 - 1, d: new Uint8Array([1, 2]), b: true, ttl: 1_900_000_000 };
  const item = encodeItem({ pk: 'r#1#acme', sk: 'HEAD' }, values);
  const document = toDocument(item);
  expect(document).toMatchObject({ _id: 'r#1#acme\nHEAD', ttl: new Date(1_900_000_000_000) });
  expect(toItem(document)).toEqual(item);
  const set = { ...item, gs: new Set([1, 2]) };
  expect(toDocument(set)).toMatchObject({ gs: [1, 2] });
  expect(toItem(toDocument(set))).toEqual(set);
  // What a check has left there is no part of it.
  expect(toItem({ ...document, _held: 'x' })).toEqual(item);
});

test('keys with line breaks of their own name nothing else', () => {
  expect(idOf({ pk: 'a', sk: 'b\nc' })).toBe('a\nb\nc');
  expect(idOf({ pk: 'a\nb', sk: 'c' })).not.toBe('a\nb\nc');
  expect(keyOf(toItem({ _id: 'a\nb\nc' }))).toEqual({ pk: 'a', sk: 'b\nc' });
});

test('a bound is behind every text that begins so, and before every other behind them', () => {
  fc.assert(
    fc.property(text, text, text, (prefix, rest, other) => {
      const start = `p\n${prefix}`;
      const end = textAfter(start);
      expect(compareUtf8(start + rest, end)).toBeLessThan(0);
      const isBehind = compareUtf8(other, start) > 0 && !other.startsWith(start);
      if (isBehind) expect(compareUtf8(other, end)).toBeGreaterThanOrEqual(0);
    }),
  );
  expect(textAfter('p\n\u{10FFFF}\u{10FFFF}')).toBe('p\v');
  expect(textAfter('p\n\uD7FF')).toBe('p\n\uE000');
});

test('a query says which part of the texts it is about', () => {
  expect(found({ pk: 'p' })).toEqual({ _id: { $gte: 'p\n', $lt: 'p\v' } });
  expect(found({ pk: 'p', prefix: 'R#' })).toEqual({ _id: { $gte: 'p\nR#', $lt: 'p\nR$' } });
  const between = found({ pk: 'p', from: 'a', to: 'b', order: 'desc' }, 'p\naa');
  expect(between).toEqual({ _id: { $gte: 'p\na', $lte: 'p\nb', $lt: 'p\naa' } });
  const filter = { has: ['t'], differs: { t: 2 }, lacks: ['a'], aboveOrNone: { x: 5 } };
  expect(found({ pk: 'p', from: 'a', filter }, 'p\nb')).toEqual({
    _id: { $gte: 'p\na', $lt: 'p\v', $gt: 'p\nb' },
    t: { $ne: 2, $exists: true },
    a: { $exists: false },
    x: { $not: { $lte: 5 } },
  });
  const still = { equals: { r: 3 }, lacks: ['j'] };
  expect(whileStill({ pk: 'p', sk: 's' }, still)).toEqual({
    ...{ _id: 'p\ns', r: { $eq: 3 }, j: { $exists: false } },
  });
});
