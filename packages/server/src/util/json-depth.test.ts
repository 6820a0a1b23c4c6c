import { expect, test } from 'vitest';
import { nestsDeeper } from './json-depth.ts';
import { utf8Bytes } from './utf8.ts';

test.each([
  ['[[1]]', 2, false],
  ['[[1]]', 1, true],
  ['{"a":{"b":[]}}', 3, false],
  ['{"a":{"b":[]}}', 2, true],
  ['"[[[[["', 0, false],
  ['["\\"[[["]', 1, false],
  ['["\\\\",[[]]]', 2, true],
  ['[],[],[]', 1, false],
])('%s deeper than %d: %s', (json, depthMax, expected) => {
  expect(nestsDeeper(utf8Bytes(json), depthMax)).toBe(expected);
});
