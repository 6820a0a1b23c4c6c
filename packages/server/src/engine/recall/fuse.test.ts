import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IndexCandidates } from '../../index/types.ts';
import { defaultWeights, fuse } from './fuse.ts';

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

test('the scale of a signal does not matter', () => {
  const score = fc.array(fc.float({ min: 0, max: 100, noNaN: true }), {
    minLength: 3,
    maxLength: 3,
  });
  fc.assert(
    fc.property(score, score, (text, vector) => {
      const plain = fuse(candidates({ text, vector }, 3), defaultWeights);
      const scaled = fuse(
        candidates({ text: text.map((value) => value * 64), vector }, 3),
        defaultWeights,
      );
      plain.forEach((value, i) => {
        expect(scaled[i]).toBeCloseTo(value, 5);
      });
    }),
  );
});

test('a negative cosine is no evidence against', () => {
  const scores = fuse(candidates({ vector: [-0.5, 0.5], textWindow: [1, 1] }, 2), defaultWeights);
  expect(scores[0]).toBe(defaultWeights.textWindow);
  expect(scores[1]).toBe(defaultWeights.textWindow + defaultWeights.vector);
});

test('no signal at all is no score', () => {
  expect([...fuse(candidates({}, 2), defaultWeights)]).toEqual([0, 0]);
});
