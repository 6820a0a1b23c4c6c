import { expect, test } from 'vitest';
import { kinds } from '../../domain/memory.ts';
import { candidatesOf } from './candidates.test.helper.ts';
import { asking, factorsOf, halfLifeDays, otherSpeaker, otherTime } from './factors.ts';

const dayMs = 86_400_000;
const plain = { time: null, recency: 0, now: 0, question: true };
const valuesOf = (factors: ReturnType<typeof factorsOf>, name: string) =>
  factors.find((factor) => factor.name === name)?.values;

test('a question that names a speaker prefers what that one said', () => {
  const spokenBy = Uint32Array.of(0, 1);
  const asked = candidatesOf(2, { spokenBy, speakerFrequencies: Uint32Array.of(7) });
  expect(valuesOf(factorsOf(asked, plain), 'speaker')).toEqual(Float64Array.of(otherSpeaker, 1));
  const nobody = candidatesOf(2, { spokenBy, speakerFrequencies: Uint32Array.of(0) });
  expect(valuesOf(factorsOf(nobody, plain), 'speaker')).toBeUndefined();
});

test('what only asks counts less than what tells', () => {
  const given = candidatesOf(3, { questionShare: Float32Array.of(1, 0, 0.5) });
  expect(valuesOf(factorsOf(given, plain), 'question')).toEqual(
    Float64Array.of(asking, 1, (1 + asking) / 2),
  );
  const off = factorsOf(given, { ...plain, question: false });
  expect(valuesOf(off, 'question')).toBeUndefined();
});

test('a named time prefers what occurred in it, and nothing when nothing did', () => {
  const given = candidatesOf(3, { occurredAt: Float64Array.of(5, 10, 20) });
  const at = (from: number, to: number) =>
    valuesOf(factorsOf(given, { ...plain, time: { from, to } }), 'time');
  expect(at(5, 20)).toEqual(Float64Array.of(1, 1, otherTime));
  expect(at(30, 40)).toBeUndefined();
});

test('recency halves by kind, in the measure that it was asked for', () => {
  const now = 1000 * dayMs;
  const occurredAt = Float64Array.from(kinds, (kind) => now - halfLifeDays[kind] * dayMs);
  const given = candidatesOf(kinds.length, { occurredAt, kinds: Uint8Array.from(kinds.keys()) });
  for (const recency of [0.4, 1]) {
    const values = valuesOf(factorsOf(given, { ...plain, recency, now }), 'recency');
    values?.forEach((value) => {
      expect(value).toBeCloseTo(1 - recency / 2, 10);
    });
    expect(values).toHaveLength(kinds.length);
  }
  expect(valuesOf(factorsOf(given, plain), 'recency')).toBeUndefined();
});
