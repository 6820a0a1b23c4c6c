import { expect, test } from 'vitest';
import { tagsSchema, timeSchema } from './schemas.ts';

test.each([
  ['2023-05-08', Date.UTC(2023, 4, 8)],
  ['2023-05-08T13:56:00Z', Date.UTC(2023, 4, 8, 13, 56)],
  ['2023-05-08T13:56:00', Date.UTC(2023, 4, 8, 13, 56)],
  ['2023-05-08 13:56', Date.UTC(2023, 4, 8, 13, 56)],
  ['2023-05-08T13:56:00.25+02:00', Date.UTC(2023, 4, 8, 11, 56, 0, 250)],
  [1_683_554_160, 1_683_554_160_000],
  [1_683_554_160_123, 1_683_554_160_123],
])('%j is %d', (time, ms) => {
  expect(timeSchema.parse(time)).toBe(ms);
});

test.each([
  '',
  'yesterday',
  '2023-13-01',
  '2025-02-30',
  '0000-01-01',
  -1e14,
  '08/05/2023',
  '+275760-09-13',
  Number.NaN,
  1e15,
])('%j is refused', (time) => {
  expect(timeSchema.safeParse(time).success).toBe(false);
});

test('tags may come as a list or as text with commas', () => {
  expect(tagsSchema.parse(['a', 'b'])).toEqual(['a', 'b']);
  expect(tagsSchema.parse('a, b,,')).toEqual(['a', ' b']);
});
