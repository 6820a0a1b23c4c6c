import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prepareText } from './prepare-text.ts';

test('any text becomes one that fits and survives UTF-8', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });
  const units = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(fc.oneof(anyText, units), fc.integer({ min: 4, max: 200 }), (text, bytesMax) => {
      const prepared = prepareText(text, bytesMax);
      expect(Buffer.byteLength(prepared)).toBeLessThanOrEqual(bytesMax);
      expect(Buffer.from(prepared).toString()).toBe(prepared);
      expect(prepared).toBe(prepareText(prepared, bytesMax));
      expect(prepared).not.toContain('\0');
    }),
  );
});

test('what is well stays as it is', () => {
  const text = 'Ana said:\n\t"Olá, 世界" 👩‍👩‍👧';
  expect(prepareText(text, 8_000)).toBe(text);
  expect(prepareText('a\0b\ud83d', 8_000)).toBe('a b\ufffd');
  expect(prepareText(' \n\u0007 ', 8_000)).toBe('');
  expect(prepareText('世界', 5)).toBe('世');
  expect(prepareText('a👍', 4)).toBe('a');
});
