import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planBatches } from './batches.ts';

test('every text is in one batch, in order, and no batch is too large', () => {
  const limits = fc.record({
    textsMax: fc.integer({ min: 1, max: 9 }),
    bytesMax: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), limits, (texts, bounds) => {
      const batches = planBatches(texts, bounds);
      expect(batches.flat()).toEqual([...texts.keys()]);
      for (const batch of batches) {
        const bytes = batch.reduce((sum, at) => sum + Buffer.byteLength(texts[at] ?? ''), 0);
        expect(batch.length).toBeLessThanOrEqual(bounds.textsMax);
        expect(bytes <= bounds.bytesMax || batch.length === 1).toBe(true);
      }
    }),
  );
});

test('a batch is filled before the next one begins', () => {
  expect(planBatches(['a', 'b', 'c', 'd', 'e'], { textsMax: 2, bytesMax: 9 })).toEqual([
    [0, 1],
    [2, 3],
    [4],
  ]);
  expect(planBatches(['aaa', 'a', 'aaaa'], { textsMax: 9, bytesMax: 4 })).toEqual([[0, 1], [2]]);
});
