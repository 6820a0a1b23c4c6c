import { expect, test } from 'vitest';
import { lineOf } from './trace.ts';

test('a line is cut at whole characters, and tells that it was', () => {
  expect(lineOf(' a\n b ')).toBe('a / b');
  expect(lineOf('🐝'.repeat(200))).toBe('🐝'.repeat(200));
  expect(lineOf('🐝'.repeat(201))).toBe(`${'🐝'.repeat(198)} …`);
  expect(lineOf(`${' '.repeat(900)}end`)).toBe('end');
  expect(lineOf(`x${'\n'.repeat(900)}end`, 60)).toBe('x / …');
});
