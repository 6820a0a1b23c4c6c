import { expect, test } from 'vitest';
import { asks, sentencesOf, states } from './stating.ts';

test('a text is cut where its sentences end', () => {
  expect(sentencesOf('I met Dr. Lee at 3.5 km. "Nice!" she said.\nReally? 好。再见。')).toEqual([
    'I met Dr. Lee at 3.5 km.',
    '"Nice!"',
    'she said.',
    'Really?',
    '好。',
    '再见。',
  ]);
  expect(sentencesOf('Am 3. Dezember. Gut.')).toEqual(['Am 3. Dezember.', 'Gut.']);
  expect(sentencesOf('  \n ')).toEqual([]);
});

test('a question states nothing, nor does what is only supposed', () => {
  expect(asks('Do you run?')).toBe(true);
  expect(asks('你跑步吗？')).toBe(true);
  expect(asks('I run.')).toBe(false);
  expect(states('I run.')).toBe(true);
  expect(states('Do you run?')).toBe(false);
  expect(states('If I ran, I would be fit.')).toBe(false);
});
