import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PassageAnalysis } from './types.ts';
import { attachVectors, encodeVectors } from './vectors-codec.ts';

const passagesArb: fc.Arbitrary<PassageAnalysis[]> = fc.array(
  fc.record({
    start: fc.nat(),
    end: fc.nat(),
    length: fc.nat(),
    terms: fc.constant([]),
    questionShare: fc.constant(0),
    entities: fc.constant([]),
    vector: fc.option(
      fc.record({ scale: fc.float({ noNaN: true }), values: fc.int8Array({ maxLength: 40 }) }),
      { nil: null },
    ),
  }),
  { maxLength: 4 },
);
const bare = (passages: PassageAnalysis[]) =>
  passages.map((passage) => ({ ...passage, vector: null }));

test('vectors come back to their passages, and no bytes are no vectors', () => {
  fc.assert(
    fc.property(passagesArb, (passages) => {
      expect(attachVectors(bare(passages), encodeVectors(passages))).toEqual(passages);
      expect(attachVectors(passages, new Uint8Array())).toEqual(bare(passages));
    }),
  );
});

test('vectors of passages that were cut elsewhere are refused', () => {
  fc.assert(
    fc.property(passagesArb, fc.nat(), (passages, at) => {
      const bytes = encodeVectors(passages);
      const moved = passages.map((passage, i) =>
        i === at % passages.length ? { ...passage, end: passage.end + 1 } : passage,
      );
      const others = passages.length === 0 ? [{ ...plain }] : moved;
      expect(() => attachVectors(others, bytes)).toThrow('other passages');
    }),
  );
});

const plain: PassageAnalysis = {
  start: 0,
  end: 1,
  length: 1,
  terms: [],
  questionShare: 0,
  entities: [],
  vector: null,
};

test('one changed byte, or an end that is missing, is refused', () => {
  fc.assert(
    fc.property(passagesArb, fc.nat(), fc.integer({ min: 1, max: 255 }), (passages, at, flip) => {
      const bytes = encodeVectors(passages);
      const cut = bytes.subarray(0, 1 + (at % (bytes.length - 1)));
      expect(() => attachVectors(passages, cut)).toThrow();
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
      expect(() => attachVectors(passages, bytes)).toThrow();
    }),
  );
});
