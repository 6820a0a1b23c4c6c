import { expect, test } from 'vitest';
import { parseFilterOption } from './parse-filter-option.ts';

test('a JSON object is a filter; anything else is refused before it is sent', () => {
  expect(parseFilterOption('{"metadata.plan":{"in":["pro"]}}')).toEqual({
    'metadata.plan': { in: ['pro'] },
  });
  for (const text of ['', '{', 'kind=fact', 'null', '"fact"', '[{"kind":"fact"}]']) {
    expect(() => parseFilterOption(text)).toThrow('A JSON object is needed.');
  }
});
