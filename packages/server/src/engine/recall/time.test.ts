import { expect, test } from 'vitest';
import { queryTime } from './time.ts';

const asked = Date.UTC(2023, 4, 25, 10);

test.each([
  ['What did we do last week?', 'last week', 'filter'],
  ['I asked yesterday: what did we do on 8 May 2022?', '8 May 2022', 'filter'],
  ['Last month I told you of the trip in 2021.', '2021', 'filter'],
  ['What did I do on Friday, last week?', 'last week', 'filter'],
  ['What did I do about two years ago?', 'about two years ago', 'boost'],
  ['What did I do recently?', 'recently', 'boost'],
])('%s', (query, text, used) => {
  expect(queryTime(query, 'filter', asked)).toMatchObject({ text, used });
  expect(queryTime(query, 'auto', asked)).toMatchObject({ text, used: 'boost' });
  expect(queryTime(query, 'off', asked)).toBeNull();
});
