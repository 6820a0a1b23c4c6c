import { expect, test } from 'vitest';
import { isOfUser, sectionOf, wordsOfKey } from './section-words.ts';

test.each([
  ['name', 'identity'],
  ['user.homeAddress', 'identity'],
  ['favorite_color', 'preferences'],
  ['favoriteCity', 'preferences'],
  ['my-allergies', 'preferences'],
  ['wife_name', 'people'],
  ['dog', 'people'],
  ['project/atlas', 'projects'],
  ['trip to lisbon', 'plans'],
  ['Lieblingsfarbe', undefined],
  ['Farbe', 'preferences'],
  ['Größe', undefined],
  ['métier', 'identity'],
  ['姓名', 'identity'],
  ['wifi', undefined],
  ['', undefined],
  ['constructor', undefined],
])('%s belongs to %s', (key, section) => {
  expect(sectionOf(wordsOfKey(key))?.section).toBe(section);
});

test('within a section the more telling word comes first', () => {
  const rankOf = (key: string) => sectionOf(wordsOfKey(key))?.rank ?? Number.NaN;
  expect(rankOf('user_name')).toBeLessThan(rankOf('phone'));
  expect(rankOf('wife')).toBeLessThan(rankOf('boss'));
});

test('a key may say nothing but whose it is', () => {
  expect(isOfUser('user.profile')).toBe(true);
  expect(isOfUser('user.name')).toBe(false);
  expect(wordsOfKey('user.firstName')).toEqual(['first', 'name']);
});
