import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitPassages } from './passages.ts';

const pieces = (text: string): string[] =>
  splitPassages(text).map(({ start, end }) => text.slice(start, end));

describe('splitPassages', () => {
  it('keeps a short text whole', () => {
    expect(splitPassages('')).toEqual([{ start: 0, end: 0 }]);
    expect(pieces('Ann likes tea. Bob does not.')).toHaveLength(1);
  });

  it('cuts at sentence borders, about 200 tokens each', () => {
    const sentence = 'The museum opens at nine and closes when the last guest has left. ';
    const found = pieces(sentence.repeat(60));
    expect(found.length).toBeGreaterThanOrEqual(5);
    for (const piece of found) expect(piece).toMatch(/^The museum.* left\. $/);
    for (const piece of found.slice(0, -1)) expect(piece.length).toBeGreaterThan(600);
  });

  it('counts ideographs one by one and cuts behind their full stop', () => {
    const found = pieces('我昨天去了北京大学看猫。'.repeat(60));
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const piece of found) expect(piece.endsWith('。')).toBe(true);
  });

  it('cuts giant words, never inside a surrogate pair', () => {
    for (const word of ['a'.repeat(100_000), '😀'.repeat(5_000)]) {
      const found = pieces(word);
      expect(found.length).toBeGreaterThan(10);
      for (const piece of found) expect(/\p{Cs}/u.test(piece)).toBe(false);
    }
  });

  it('covers any text with spans that are not empty', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('. ', '\n', '。', '\ud800', '\udc00', 'word '.repeat(90), '漢'.repeat(150)),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        let at = 0;
        for (const { start, end } of splitPassages(text)) {
          expect(start).toBe(at);
          expect(end > start || text === '').toBe(true);
          const splits = /[\ud800-\udbff]$/.test(text.slice(0, end));
          expect(splits && /^[\udc00-\udfff]/.test(text.slice(end))).toBe(false);
          at = end;
        }
        expect(at).toBe(text.length);
      }),
    );
  });
});
