import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planted } from './entities.fixture.ts';
import { extractEntities } from './entities.ts';

const marks = (text: string): string[] =>
  extractEntities(text).map(({ type, normal }) => `${type}:${normal}`);

describe('extractEntities', () => {
  it('finds what is planted', () => {
    let right = 0;
    let found = 0;
    let wanted = 0;
    const misses: string[] = [];
    for (const { text, expected } of planted) {
      const got = marks(text);
      const hits = expected.filter((mark) => got.includes(mark)).length;
      right += hits;
      found += got.length;
      wanted += expected.length;
      if (hits < expected.length || got.length > expected.length) {
        misses.push(`${text}\n  wanted ${expected.join(' | ')}\n  found  ${got.join(' | ')}`);
      }
    }
    const precision = right / found;
    const recall = right / wanted;
    console.info(
      `${misses.join('\n')}\nplanted entities: ${planted.length} sentences, ${wanted} entities, ` +
        `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`,
    );
    expect(precision).toBeGreaterThanOrEqual(0.9);
    expect(recall).toBeGreaterThanOrEqual(0.9);
  });

  it('gives offsets into the text and the text there', () => {
    const text = '  «Zoë» met Dr. Ben Ali’s team 😀 in São Paulo.';
    const found = extractEntities(text);
    expect(found.map(({ normal }) => normal)).toEqual(['zoe', 'ben ali', 'sao paulo']);
    for (const { start, end, text: written } of found) expect(text.slice(start, end)).toBe(written);
  });

  it('takes the speaker for a person', () => {
    const text = 'Hope: that is what Willow needs.';
    const found = extractEntities('So Xylo and I left.', { speaker: 'Xylo Brandt' });
    expect(found).toMatchObject([{ type: 'person', normal: 'xylo' }]);
    expect(extractEntities(text).map(({ normal }) => normal)).toEqual(['willow']);
  });

  it.each([
    ['on 13/02/2023', '2023-02-13'],
    ['on 02/13/2023', '2023-02-13'],
    ['am 5.11.2021', '2021-11-05'],
    ['on the 8th of May, 2023', '2023-05-08'],
    ['el 8 de mayo de 2023', '2023-05-08'],
    ['8 мая 2023', '2023-05-08'],
    ['2023年5月', '2023-05'],
    ['in May 2023', '2023-05'],
    ['on May 8', '--05-08'],
    ['in 1999', '1999'],
  ])('reads the date in %j', (text, normal) => {
    expect(marks(text)).toEqual([`date:${normal}`]);
  });

  it.each(['call 555-2000-1', 'version 1.2.3', 'may 8 people come', 'on 45/45/2023', '99.99.2020'])(
    'sees no full date in %j',
    (text) => {
      expect(marks(text).filter((mark) => /date:\d{4}-/.test(mark))).toEqual([]);
    },
  );

  it('gives at most 64 entities', () => {
    expect(extractEntities('Ann met Bob. '.repeat(500))).toHaveLength(64);
  });

  it('is linear on adversarial input', () => {
    const units = [
      ...['a', 'A', 'a.', 'A ', 'A.', '@', 'a@', 'a@a.', '1', '1,', '1.', '$1', '`', 'a_', 'aB'],
      ...[
        'http://',
        'www.a',
        'Ab of ',
        'Of the ',
        'a/',
        'a-',
        'May 8 ',
        '2023-',
        '1 k',
        'ア',
        '\n',
      ],
      ...['. ', "A'", 'A&', 'the ', '\ud800', '漢', 'Dr. ', '\u0301', 'é', '  '],
    ];
    for (const unit of units) {
      const began = performance.now();
      extractEntities(unit.repeat(Math.ceil(32_768 / unit.length)));
      expect(performance.now() - began, unit).toBeLessThan(1_000);
    }
  });

  it('gives ordered, disjoint, valid spans for any text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'Ann ',
        'Dr. ',
        'of ',
        '8 May 2023',
        '$5 ',
        'a@b.co',
        '@x',
        'x_y',
        '\ud83d',
        '北京',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.string(), (pieces, speaker) => {
        const text = pieces.join('');
        let at = 0;
        for (const entity of extractEntities(text, { speaker })) {
          expect(entity.start).toBeGreaterThanOrEqual(at);
          expect(text.slice(entity.start, entity.end)).toBe(entity.text);
          expect(entity.normal.length > 0 && entity.normal.length <= 128).toBe(true);
          at = entity.end;
        }
      }),
    );
  });
});
