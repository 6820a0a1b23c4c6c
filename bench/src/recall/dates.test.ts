import { expect, test } from 'vitest';
import { parseDate } from './dates.ts';

test.each([
  ['1:56 pm on 8 May, 2023', '2023-05-08T13:56:00.000Z'],
  ['12:05 am on 31 December, 2022', '2022-12-31T00:05:00.000Z'],
  ['12:30 pm on 1 June, 2023', '2023-06-01T12:30:00.000Z'],
  ['2023/05/20 (Sat) 02:21', '2023-05-20T02:21:00.000Z'],
  ['2023-12-25', '2023-12-25T00:00:00.000Z'],
  ['2023-05-20T02:21:33', '2023-05-20T02:21:33.000Z'],
  ['2023-05-20T02:21:33+02:00', '2023-05-20T00:21:33.000Z'],
])('%s is %s', (text, expected) => {
  expect(parseDate(text)).toBe(expected);
});

test.each(['', 'yesterday', '31 April 2023', '2023-04-31', '1:00 pm on 3 Brumaire, 1799'])(
  '%s is no date',
  (text) => {
    expect(parseDate(text)).toBeUndefined();
  },
);
