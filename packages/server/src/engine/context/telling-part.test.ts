import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tellingPart } from './telling-part.ts';

const filler = 'The weather was dull, and nobody said a thing about it for days. '.repeat(6);

test('a short text stays, of a long one the sentence with the matched words', () => {
  expect(tellingPart('Ann has a boat.', ['boat'])).toBe('Ann has a boat.');
  const text = `${filler}Ann keeps her boat in Porto. ${filler}`;
  expect(tellingPart(text, ['Porto', 'boat'])).toBe('… Ann keeps her boat in Porto. …');
  expect(tellingPart(text, [])).toMatch(/^The weather .* days\. …$/);
  expect(tellingPart(`${'天气不好'.repeat(60)}。安娜的船在波尔图。`, ['波尔'])).toBe(
    '… 安娜的船在波尔图。',
  );
});

test('a long sentence is cut around the matched words, at whole words', () => {
  const text = `${'and then we walked on '.repeat(40)}to Porto ${'where it rained '.repeat(40)}`;
  const part = tellingPart(text, ['Porto']);
  expect(part).toMatch(/^… (?:[a-z]+ )+to Porto where .* …$/);
  expect(part.length).toBeLessThan(210);
});

test('any text gives a part of itself, within its bounds and never half a sign', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 800 });
  fc.assert(
    fc.property(text, fc.array(fc.string({ minLength: 1 })), (whole, words) => {
      const part = tellingPart(whole, words);
      expect(part.length).toBeLessThanOrEqual(204);
      const bare = part.replace(/^… /, '').replace(/ …$/, '');
      expect(whole).toContain(bare);
      expect(() => encodeURIComponent(part)).not.toThrow();
    }),
  );
});
