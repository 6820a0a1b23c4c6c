import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calibrated, evidenceScore } from './calibrate.ts';

test('order never changes and every score is between 0 and 1', () => {
  const fused = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(fused, fc.double({ min: 0, max: 1, noNaN: true }), (values, evidence) => {
      const descending = [...values].sort((a, b) => b - a);
      const best = { fused: descending[0] ?? 0, evidence };
      const scores = descending.map((value) => calibrated(value, best));
      scores.forEach((score, i) => {
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(score).toBeLessThanOrEqual(scores[i - 1] ?? 1);
      });
    }),
  );
});

test('more evidence of any kind scores higher; none scores zero', () => {
  const none = { coverage: 0, cosine: 0, entities: 0 };
  expect(evidenceScore(none)).toBe(0);
  expect(evidenceScore({ ...none, coverage: 1 })).toBeGreaterThan(0.7);
  expect(evidenceScore({ ...none, cosine: 0.85 })).toBeGreaterThan(0.7);
  const all = evidenceScore({ coverage: 1, cosine: 0.85, entities: 1 });
  expect(all).toBeGreaterThan(evidenceScore({ coverage: 1, cosine: 0.85, entities: 0 }));
  expect(all).toBeLessThanOrEqual(1);
});
