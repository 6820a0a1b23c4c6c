import { expect, it } from 'vitest';
import { stemEnglish } from './stem-english.ts';

it.each([
  ['running', 'run'],
  ['generously', 'generous'],
  ['general', 'general'],
  ['adoption', 'adopt'],
  ['adopted', 'adopt'],
  ['ponies', 'poni'],
  ['ties', 'tie'],
  ['gas', 'gas'],
  ['news', 'news'],
  ['dying', 'die'],
  ['hoping', 'hope'],
  ['hopping', 'hop'],
  ['agreed', 'agre'],
  ['relational', 'relat'],
  ['universities', 'univers'],
  ['communities', 'communiti'],
  ['happily', 'happili'],
  ['playing', 'play'],
  ['yelled', 'yell'],
  ['analogies', 'analog'],
  ['hopefulness', 'hope'],
  ['controlling', 'control'],
  ['is', 'is'],
])('stems %s to %s', (word, stem) => {
  expect(stemEnglish(word)).toBe(stem);
});
