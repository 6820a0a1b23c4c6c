import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IndexCandidates } from '../../index/types.ts';
import { candidatesOf } from './candidates.test.helper.ts';
import { contribution, defaultWeights, fuse } from './fuse.ts';

type Signal = 'text' | 'textWindow' | 'threadText' | 'vector' | 'entity';

function candidates(signals: Partial<Record<Signal, number[]>>, count: number): IndexCandidates {
  const named = Object.entries(signals).map(([name, values]) => [name, Float32Array.from(values)]);
  return candidatesOf(count, Object.fromEntries(named));
}

test('the scale of a signal does not matter', () => {
  const score = fc.array(fc.float({ min: 0, max: 100, noNaN: true }), {
    minLength: 3,
    maxLength: 3,
  });
  fc.assert(
    fc.property(score, score, (text, vector) => {
      const plain = fuse(candidates({ textWindow: text, vector }, 3), defaultWeights).scores;
      const scaled = fuse(
        candidates({ textWindow: text.map((value) => value * 64), vector }, 3),
        defaultWeights,
      ).scores;
      plain.forEach((value, i) => {
        expect(scaled[i]).toBeCloseTo(value, 5);
      });
    }),
  );
});

test('a negative cosine is no evidence against', () => {
  const given = candidates({ vector: [-0.5, 0.5], textWindow: [1, 1] }, 2);
  const { scores } = fuse(given, defaultWeights);
  expect(scores[0]).toBe(defaultWeights.textWindow);
  expect(scores[1]).toBe(defaultWeights.textWindow + defaultWeights.vector);
});

test('no signal at all is no score', () => {
  expect([...fuse(candidates({}, 2), defaultWeights).scores]).toEqual([0, 0]);
});

test('the parts and the factors of a fusion give its scores', () => {
  const given = candidates({ textWindow: [1, 3], vector: [0.2, 0.1], entity: [0, 2] }, 2);
  const factors = [
    { name: 'speaker' as const, values: Float64Array.of(1, 0.8) },
    { name: 'question' as const, values: Float64Array.of(0.9, 0.9) },
  ];
  const { parts, scores } = fuse(given, defaultWeights, factors);
  scores.forEach((score, i) => {
    const sum = parts.reduce((total, part) => total + contribution(part, i), 0);
    expect(score).toBeCloseTo(sum * (i === 0 ? 0.9 : 0.72), 12);
  });
});
