import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Bytes, utf8Length } from './utf8.ts';

test('utf8Length agrees with the encoder on any string, lone surrogates included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(0xffff)), (text, units) => {
      const odd = text + String.fromCharCode(...units);
      expect(utf8Length(odd)).toBe(utf8Bytes(odd).length);
    }),
  );
});
