import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

test('a slip of the finger finds its name', () => {
  expect(nearestName('namspace', ['value', 'namespace', 'key'])).toBe('namespace');
  expect(nearestName('Limit', ['limit', 'query'])).toBe('limit');
});

test('something else finds nothing', () => {
  expect(nearestName('zzzzzz', ['value', 'namespace', 'key'])).toBeUndefined();
});
