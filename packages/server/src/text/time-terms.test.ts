import { expect, it } from 'vitest';
import { analyzeDocument } from './analyze.ts';
import { dateTerms, meantDateTerms } from './time-terms.ts';

it('gives the words that a written date is indexed under', () => {
  expect(dateTerms(Date.UTC(2023, 4, 8, 23, 59))).toEqual(['2023', 'may', '8']);
  for (let month = 0; month < 12; month++) {
    const date = new Date(Date.UTC(2023, month, 8));
    const name = date.toLocaleString('en', { month: 'long', timeZone: 'UTC' });
    const written = analyzeDocument(`on ${name} 8th, 2023`).terms.map(({ term }) => term);
    expect(written).toEqual(expect.arrayContaining(dateTerms(date.getTime())));
  }
  expect(dateTerms(Number.NaN)).toEqual([]);
});

it.each<[string, string[]]>([
  ['We painted last Friday.', ['2023', 'may', '19']],
  ['Last week was hard.', ['2023', 'may']],
  ['I moved two years ago.', ['2021']],
  ['It was last month.', ['2023', 'april']],
  ['We met on 8 May 2023.', []],
  ['Maybe on Saturday.', []],
  ['Nothing of the kind.', []],
])('%s', (text, terms) => {
  expect(meantDateTerms(text, Date.UTC(2023, 4, 25))).toEqual(terms);
});
