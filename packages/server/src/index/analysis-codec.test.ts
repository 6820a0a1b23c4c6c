import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeAnalysis, encodeAnalysis } from './analysis-codec.ts';
import type { MemoryAnalysis } from './types.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const analysisArb: fc.Arbitrary<MemoryAnalysis> = fc.record({
  analyzer: text,
  languages: fc.array(text, { maxLength: 3 }),
  fields: fc.array(text, { maxLength: 5 }),
  passages: fc.array(
    fc.record({
      start: fc.nat(),
      end: fc.nat(),
      length: fc.nat(),
      questionShare: fc.nat({ max: 255 }).map((share) => share / 255),
      terms: fc.array(fc.record({ term: text, count: fc.nat() }), { maxLength: 20 }),
      entities: fc.array(text, { maxLength: 5 }),
      vector: fc.constant(null),
    }),
    { maxLength: 4 },
  ),
});

test('what is encoded comes back', () => {
  fc.assert(
    fc.property(analysisArb, (analysis) => {
      expect(decodeAnalysis(encodeAnalysis(analysis))).toEqual(analysis);
    }),
  );
});

test('equal analyses give equal bytes', () => {
  fc.assert(
    fc.property(analysisArb, (analysis) => {
      expect(encodeAnalysis(structuredClone(analysis))).toEqual(encodeAnalysis(analysis));
    }),
  );
});

test('one changed byte, or an end that is missing, is refused', () => {
  fc.assert(
    fc.property(analysisArb, fc.nat(), fc.integer({ min: 1, max: 255 }), (analysis, at, flip) => {
      const bytes = encodeAnalysis(analysis);
      expect(() => decodeAnalysis(bytes.subarray(0, at % bytes.length))).toThrow();
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
      expect(() => decodeAnalysis(bytes)).toThrow();
    }),
  );
});

test('garbage with a valid checksum ends in an error or a small analysis, soon', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (garbage) => {
      const bytes = new Uint8Array(garbage.length + 5);
      bytes.set(garbage, 5);
      bytes[0] = 2;
      new DataView(bytes.buffer).setUint32(1, crc32(garbage), true);
      try {
        expect(decodeAnalysis(bytes).passages.length).toBeLessThan(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 2000 },
  );
});
