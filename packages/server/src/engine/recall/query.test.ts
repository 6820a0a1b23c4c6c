import { expect, test } from 'vitest';
import { entityNames } from './query.ts';

test('names are looked up as they are typed, in runs of up to three words', () => {
  const names = entityNames('what did new york times write about Caroline?');
  expect(names).toEqual(expect.arrayContaining(['new york times', 'new york', 'caroline']));
});

test('a long question asks for at most 32 names', () => {
  expect(entityNames('some words '.repeat(500)).length).toBeLessThanOrEqual(32);
});
