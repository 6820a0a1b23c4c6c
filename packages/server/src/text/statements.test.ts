import fc from 'fast-check';
import { expect, test } from 'vitest';
import { relationOf } from './statement-values.ts';
import { findStatements } from './statements.ts';

const saidAt = Date.UTC(2026, 4, 6);
/** "subject | attribute | value", with a "!" before what is denied. */
const read = (text: string, speaker?: string): string[] =>
  findStatements(text, { saidAt, ...(speaker !== undefined && { speaker }) }).map(
    ({ subject, attribute, value, isDenied }) =>
      `${subject} | ${attribute} | ${isDenied ? '!' : ''}${value}`,
  );

const told: readonly (readonly [text: string, expected: string])[] = [
  ['I live in Bern.', 'ann | home | Bern'],
  ["I'm living in a small flat in New York now, and it rains.", 'ann | home | New York'],
  ['Yesterday we cooked. We live in Bern, Switzerland.', 'ann | home | Bern, Switzerland'],
  ['Tom Miller has moved to San Jose', 'tom miller | home | San Jose'],
  ['I just moved from Bern to Basel last month!', 'ann | home | Basel'],
  ["I don't live in Bern anymore.", 'ann | home | !Bern'],
  ['I used to live in Bern.', 'ann | home | !Bern'],
  ['My wife works at Acme Labs.', "ann's spouse | employer | Acme Labs"],
  ['I work as a nurse at the hospital.', 'ann | occupation | nurse'],
  ['I started a new job at Globex.', 'ann | employer | Globex'],
  ['Maria is 34 years old', 'maria | age | 34'],
  ["Tom's new phone number is +41 44 123 45 67.", 'tom | phone | +41 44 123 45 67'],
  ['My email is now ann@example.org.', 'ann | email | ann@example.org'],
  ['Phone: 555 010 2030', 'ann | phone | 555 010 2030'],
  ['My favorite color is dark green now', 'ann | favourite colour | dark green'],
  ["My boss's birthday is on 3 May.", "ann's boss | birthday | 3 May"],
  ["I'm allergic to peanuts", 'ann | allergic to | peanuts'],
  ["I'm not allergic to peanuts.", 'ann | allergic to | !peanuts'],
  ['I can’t stand cilantro.', 'ann | likes | !cilantro'],
  ['I stopped drinking coffee.', 'ann | drinks | !coffee'],
  ['I quit smoking', 'ann | smoking | !smoking'],
  ["I'm a vegan now.", 'ann | diet | vegan'],
  ['I eat vegan.', 'ann | diet | vegan'],
  ['We met there. Bob eats fish.', 'bob | eats | fish'],
  ['The wifi password is now hunter-22.', 'wifi password | text | hunter-22'],
  ['The deadline for the report was moved to 9 May.', 'deadline for the report | date | 9 May'],
  ['As I said, I got divorced.', 'ann | marital status | divorced'],
  ['I told you that I live in Bern.', 'ann | home | Bern'],
  ['Ich wohne jetzt in Zürich.', 'ann | home | Zürich'],
  ['Ich bin letzten Monat nach Wien gezogen.', 'ann | home | Wien'],
  ['Vivo en Sevilla.', 'ann | home | Sevilla'],
  ["J'habite à Lyon.", 'ann | home | Lyon'],
  ['Marie travaille chez Renault', 'marie | employer | Renault'],
];

test.each(told)('reads %s', (text, expected) => {
  expect(read(text, 'Ann')).toEqual(expected === '' ? [] : [expected]);
});

test.each([
  'Do you live in Bern?',
  'where does Ann live',
  'If I live in Bern, all is near.',
  'Maybe Ann works at Acme.',
  'I would love to say I live in Bern.',
  'Bob says I live in Bern.',
  'Bob told me that Tom moved to Oslo.',
  'He lives in Bern.',
  'Everyone lives in Bern.',
  'When I was ten we moved to Ohio; I live in the past.',
  'I want to be a vegan.',
  'I was married then.',
  'In the novel, Emma lives in Highbury, I think.',
  'My favourite cafe is closed.',
  'My favourite band is playing tonight.',
  'My favourite colours are red and blue.',
  'One of my favourite films is Alien.',
  'My wife is Italian.',
  'We moved to Slack.',
  'I loved it.',
  'I love how it smells.',
  "It's like therapy for me.",
  "We're like a family.",
  'Brands like Garmin are good.',
  'I like the idea of it.',
  'Ann works with Tom.',
  'We went to a vegan restaurant.',
  'I am single-handedly to blame.',
  'I lived in Bern once.',
  'Ann thinks she lives in Bern',
  '"I live in Bern" is a song.',
  'I live in Bern, just kidding.',
  '我住在北京。',
  '',
])('reads nothing in %s', (text) => {
  expect(read(text, 'Ann')).toEqual([]);
});

test('who says "I" is the speaker, the user, or nobody', () => {
  expect(read('I live in Bern.')).toEqual(['user | home | Bern']);
  expect(read('I live in Bern.', 'user')).toEqual(['user | home | Bern']);
  expect(read('I live in Bern.', 'assistant')).toEqual([]);
  expect(read('The user lives in Bern.', 'assistant')).toEqual(['user | home | Bern']);
});

test('a change holds from the day that it names', () => {
  const [moved] = findStatements('I moved to Bern last week.', { speaker: 'Ann', saidAt });
  expect(moved).toMatchObject({ isChange: true, since: Date.UTC(2026, 4, 4) });
  const [went] = findStatements('I went vegan this year.', { speaker: 'Ann', saidAt });
  expect(went).not.toHaveProperty('since');
  const [lives] = findStatements('I live in Bern.', { speaker: 'Ann', saidAt });
  expect(lives).toMatchObject({ isChange: false });
  expect(lives).not.toHaveProperty('since');
});

test.each([
  ['I live in Bern.', 'I live in Bern, Switzerland.', 'wider'],
  ['I live in Bern.', 'I live in Basel.', 'different'],
  ['I live in Bern.', 'I live in Switzerland.', 'unclear'],
  ['I work at IBM.', 'I work at International Business Machines.', 'unclear'],
  ['My number is 044 123 45 67.', 'My phone number is +41 44 123 45 67.', 'same'],
  ['My number is 044 123 45 67.', 'My phone number is 044 123 45 68.', 'different'],
  ['My birthday is 3 May.', 'I was born on May 3rd, 1990.', 'same'],
  ['My birthday is 3 May.', 'My birthday is on 4 May.', 'different'],
  ['My favourite colour is green.', 'My favourite colour is dark green.', 'wider'],
  ['My favourite colour is green.', 'My favourite color is blue.', 'different'],
  ['My favourite tea is green tea.', 'My favourite tea is black tea.', 'unclear'],
  ['My shoe size is 9.5.', 'My shoe size is 9,5.', 'same'],
  ['My address is 12 Main Street.', 'My address is 14 Main Street.', 'different'],
])('%s and %s: %s', (a, b, expected) => {
  const [[first], [second]] = [findStatements(a, { saidAt }), findStatements(b, { saidAt })];
  expect(first && second && relationOf(first, second)).toBe(expected);
});

test('reads any text, and long ones in little time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const { start, end } of findStatements(`I live in ${text}`, { saidAt })) {
        expect(start).toBeLessThan(end);
      }
    }),
  );
  const long = 'My favourite Ann Ann Ann lives in A small flat in '.repeat(2_000);
  const before = performance.now();
  findStatements(long, { saidAt });
  findStatements(long.replaceAll('.', '').replaceAll(' in', ' in.'), { saidAt });
  expect(performance.now() - before).toBeLessThan(2_000);
});
