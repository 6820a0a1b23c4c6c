import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IndexCandidates } from '../../index/types.ts';
import { contribution, defaultWeights, fuse } from './fuse.ts';

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
    spokenBy: new Uint32Array(count),
    questionShare: new Float32Array(count),
    occurredAt: new Float64Array(count),
    threads: new Uint32Array(count),
    threadPlaces: new Uint32Array(count),
    eligible: count,
    termFrequencies: new Uint32Array(),
    entityFrequencies: new Uint32Array(),
    speakerFrequencies: new Uint32Array(),
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

test('a question that names a speaker prefers what that one said', () => {
  const given = candidates({ textWindow: [1, 1] }, 2);
  const spokenBy = Uint32Array.of(0, 1);
  const asked = { ...given, spokenBy, speakerFrequencies: Uint32Array.of(7) };
  const { scores } = fuse(asked, defaultWeights);
  expect(scores[0]).toBeCloseTo(defaultWeights.otherSpeaker * (scores[1] ?? 0));
  const nobody = { ...given, spokenBy, speakerFrequencies: Uint32Array.of(0) };
  expect([...fuse(nobody, defaultWeights).scores]).toEqual([1, 1]);
});

test('the parts and the factors of a fusion give its scores', () => {
  const given = candidates({ textWindow: [1, 3], vector: [0.2, 0.1], entity: [0, 2] }, 2);
  const asked = {
    ...given,
    spokenBy: Uint32Array.of(1, 0),
    speakerFrequencies: Uint32Array.of(1),
    questionShare: Float32Array.of(0.5, 1),
  };
  const { parts, factors, scores } = fuse(asked, defaultWeights);
  scores.forEach((score, i) => {
    const sum = parts.reduce((total, part) => total + contribution(part, i), 0);
    const factor = factors.reduce((product, { values }) => product * (values[i] ?? 0), 1);
    expect(score).toBeCloseTo(sum * factor, 12);
    expect(factor).toBeLessThan(1);
  });
});

test('what only asks counts less than what tells', () => {
  const given = candidates({ textWindow: [1, 1, 1] }, 3);
  const { scores } = fuse({ ...given, questionShare: Float32Array.of(1, 0, 0.5) }, defaultWeights);
  expect(scores[0]).toBeCloseTo(defaultWeights.question);
  expect(scores[1]).toBe(1);
  expect(scores[2]).toBeCloseTo((1 + defaultWeights.question) / 2);
});
