import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentTerms } from '../../text/content-terms.ts';
import { joined, meaningAlike, rarityIn, wordsAlike } from './similar.ts';

const termsOf = (text: string) => ({ terms: contentTerms(text) });

test('words that everybody says count less than rare ones', () => {
  const [a, b, c] = [
    termsOf('Maria bought a red bicycle in Lisbon'),
    termsOf('Maria rode the bicycle through Lisbon'),
    termsOf('Maria bought a red coat'),
  ];
  const others = Array.from({ length: 20 }, () => termsOf('Maria bought something red'));
  const rarity = rarityIn([a, b, c, ...others]);
  expect(wordsAlike(a.terms, b.terms, rarity)).toBeGreaterThan(
    wordsAlike(a.terms, c.terms, rarity),
  );
  expect(wordsAlike(a.terms, a.terms, rarity)).toBeCloseTo(1);
  expect(wordsAlike(a.terms, new Map(), rarity)).toBe(0);
});

test('what has no vector, or one of another length, is like nothing', () => {
  const vector = Float32Array.of(0.6, 0.8);
  expect(meaningAlike({ vector }, { vector })).toBeCloseTo(1);
  expect(meaningAlike({ vector }, { vector: undefined })).toBe(0);
  expect(meaningAlike({ vector }, { vector: Float32Array.of(1) })).toBe(0);
});

test('groups hold everything once, and pairs stay together', () => {
  const place = fc.nat(39);
  fc.assert(
    fc.property(fc.array(fc.tuple(place, place)), (pairs) => {
      const groups = joined(40, pairs);
      const all = groups.flat().sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: 40 }, (_, i) => i));
      for (const [a, b] of pairs) {
        expect(groups.find((group) => group.includes(a))).toContain(b);
      }
      expect(groups.length).toBeGreaterThanOrEqual(40 - pairs.length);
    }),
  );
});
