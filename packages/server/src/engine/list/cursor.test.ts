import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

test('a cursor comes back as it was made', () => {
  const cursor = { after: 4_294_967_295, seal: '0123456789abcdef'.repeat(2) };
  expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
});

test('anything else is refused with a code', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeCursor(text)).toThrow('cursor');
    }),
  );
});
