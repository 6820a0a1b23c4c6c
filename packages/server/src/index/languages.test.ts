import { expect, test } from 'vitest';
import { LanguageCounter, packLanguages } from './languages.ts';

test('the most frequent languages come back, equally frequent ones in alphabetical order', () => {
  const counter = new LanguageCounter();
  counter.add(packLanguages(['zh', 'en']));
  counter.add(packLanguages(['en', 'de', 'aa', 'fr']));
  counter.add(packLanguages(['zz']), 5);
  expect(counter.top()).toEqual(['zz', 'en', 'aa']);
});

test('what is no ISO 639-1 code is left out', () => {
  const counter = new LanguageCounter();
  counter.add(packLanguages(['', 'eng', 'EN', 'e1', 'sv']));
  counter.add(packLanguages([]));
  expect(counter.top()).toEqual(['sv']);
});
