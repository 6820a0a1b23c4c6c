import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IndexCandidates } from '../../index/types.ts';
import { contribution, defaultWeights, fuse, fusionParts } from './fuse.ts';

type Signal = 'text' | 'textWindow' | 'threadText' | 'vector' | 'entity';

function candidates(signals: Partial<Record<Signal, number[]>>, count: number): IndexCandidates {
  const array = (name: Signal) => Float32Array.from(signals[name] ?? Array(count).fill(0));
  return {
    count,
    ordinals: Uint32Array.from({ length: count }, (_, i) => i + 1),
    passages: new Uint16Array(count),
    text: array('text'),
    textWindow: array('textWindow'),
    threadText: array('threadText'),
    vector: array('vector'),
    entity: array('entity'),
    matchedTerms: new Uint32Array(count),
    matchedEntities: new Uint32Array(count),
    occurredAt: new Float64Array(count),
    threads: new Uint32Array(count),
    eligible: count,
    termFrequencies: new Uint32Array(),
    entityFrequencies: new Uint32Array(),
    languages: [],
    seq: 1,
  };
}

function fused(signals: Partial<Record<Signal, number[]>>, count: number): Float64Array {
  return fuse(fusionParts(candidates(signals, count), defaultWeights), count);
}

test('the scale of a signal does not matter', () => {
  const score = fc.array(fc.float({ min: 0, max: 100, noNaN: true }), {
    minLength: 3,
    maxLength: 3,
  });
  fc.assert(
    fc.property(score, score, (text, vector) => {
      const plain = fused({ text, vector }, 3);
      const scaled = fused({ text: text.map((value) => value * 64), vector }, 3);
      plain.forEach((value, i) => {
        expect(scaled[i]).toBeCloseTo(value, 5);
      });
    }),
  );
});

test('a negative cosine is no evidence against', () => {
  const scores = fused({ vector: [-0.5, 0.5], textWindow: [1, 1] }, 2);
  expect(scores[0]).toBe(defaultWeights.textWindow);
  expect(scores[1]).toBe(defaultWeights.textWindow + defaultWeights.vector);
});

test('no signal at all is no score', () => {
  expect([...fused({}, 2)]).toEqual([0, 0]);
});

test('the score is the sum of what its parts say they add', () => {
  const score = fc.array(fc.float({ min: -1, max: 100, noNaN: true }), {
    minLength: 3,
    maxLength: 3,
  });
  fc.assert(
    fc.property(score, score, score, (textWindow, vector, entity) => {
      const parts = fusionParts(candidates({ textWindow, vector, entity }, 3), defaultWeights);
      fuse(parts, 3).forEach((value, i) => {
        expect(value).toBe(parts.reduce((sum, part) => sum + contribution(part, i), 0));
      });
    }),
  );
});
