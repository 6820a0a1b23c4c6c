import { expect, test } from 'vitest';
import { findTimes } from '../../../../text/time-expressions.ts';
import { withAbsoluteTimes, writtenDay, writtenTime } from './absolute-times.ts';

const monday = Date.UTC(2023, 4, 8, 14);

test.each([
  ['I ran yesterday.', 'I ran on 7 May 2023.'],
  ['Yesterday I ran.', 'On 7 May 2023 I ran.'],
  ['The concert is next month.', 'The concert is in June 2023.'],
  ['We met last week.', 'We met between 1 and 7 May 2023.'],
  ['I have been ill since last Saturday.', 'I have been ill between 6 and 8 May 2023.'],
  ["I missed yesterday's match.", "I missed 7 May 2023's match."],
  ['Open until tomorrow.', 'Open until 9 May 2023.'],
  ['Closed before next Friday.', 'Closed before next Friday.'],
  ['We moved in last year.', 'We moved in 2022.'],
  ['She was born on 3 May 2021.', 'She was born on 3 May 2021.'],
  ['The party is on May 20.', 'The party is on May 20.'],
  ['I was tired recently.', 'I was tired recently.'],
  ['Gestern war ich laufen.', 'Gestern (7 May 2023) war ich laufen.'],
  ['我昨天去跑步了。', '我昨天 (7 May 2023)去跑步了。'],
])('%s', (said, told) => {
  expect(withAbsoluteTimes(said, monday)).toBe(told);
});

test('a time among words has no year where it is the year in which it was said', () => {
  const timesIn = (text: string) => findTimes(text, monday).map((one) => writtenTime(one, monday));
  expect(timesIn('It was yesterday.')).toEqual(['7 May']);
  expect(timesIn('It was last year.')).toEqual(['2022']);
  expect(timesIn('Open until tomorrow, or until 3 March.')).toEqual([
    'until 9 May 2023',
    'until 3 March',
  ]);
  expect(writtenDay(monday)).toBe('8 May 2023');
});
