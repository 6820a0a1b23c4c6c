import { expect, it } from 'vitest';
import { analyzeDocument } from './analyze.ts';
import { dateTerms } from './time-terms.ts';

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
