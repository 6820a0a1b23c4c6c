import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

test('a cursor comes back as it was made', () => {
  const cursor = { after: 4_294_967_295, seal: '0123456789abcdef'.repeat(2) };
  expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
});

test.each([' ', '=', '!', '\n'])('with "%s" added it is none any more', (more) => {
  const text = encodeCursor({ after: 3, seal: '0123456789abcdef'.repeat(2) });
  expect(() => decodeCursor(text + more)).toThrow('cursor');
  expect(() => decodeCursor(text.slice(0, 9) + more + text.slice(9))).toThrow('cursor');
});

test('anything else is refused with a code', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeCursor(text)).toThrow('cursor');
    }),
  );
});
