import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimeExpression } from './time-english.ts';
import { timeCases } from './time-expressions.fixture.ts';
import { findTimes } from './time-expressions.ts';

const saidAt = Date.UTC(2023, 4, 25, 10);
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const rangeOf = ({ from, to, certainty }: TimeExpression): string =>
  `${dayOf(from)}..${dayOf(to)}${certainty === 'vague' ? '?' : ''}`;

test.each(timeCases)('%s', (text, ranges) => {
  const found = findTimes(text, saidAt);
  expect(found.map(rangeOf).join(' ')).toBe(ranges);
  for (const one of found) expect(text.slice(one.start, one.end)).toBe(one.text);
});

test('any text gives ordered expressions with ranges that are not empty', () => {
  const words = timeCases.flatMap(([text]) => text.split(' '));
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((some) => some.join(' ')),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 4e12 }), (said, at) => {
      let end = 0;
      for (const one of findTimes(said, at)) {
        expect(one.start).toBeGreaterThanOrEqual(end);
        expect(one.end).toBeGreaterThan(one.start);
        expect(one.to).toBeGreaterThan(one.from);
        end = one.end;
      }
    }),
  );
});

test('a long text takes time in proportion to its length', () => {
  const long = 'in two weeks last '.repeat(4000);
  const started = performance.now();
  findTimes(long, saidAt);
  expect(performance.now() - started).toBeLessThan(500);
});

test('no reference time, no answer', () => {
  expect(findTimes('yesterday', Number.NaN)).toEqual([]);
});
