import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstCharacter, readJsonArray } from './json-array.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reverie-array-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(text: string): string {
  const path = join(folder, 'data.json');
  writeFileSync(path, text);
  return path;
}

test('any array comes back as it was written, however the file is cut', () => {
  const arrays = fc.array(fc.jsonValue(), { maxLength: 6 });
  fc.assert(
    fc.property(arrays, fc.integer({ min: 1, max: 40 }), fc.nat(4), (value, chunk, indent) => {
      const path = write(JSON.stringify(value, null, indent));
      expect([...readJsonArray(path, chunk)]).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 60 },
  );
});

test('brackets, commas and quotes inside of strings count for nothing', () => {
  const value = [{ text: 'a "quoted], {b' }, 'x,\\', ['é€', []]];
  expect([...readJsonArray(write(JSON.stringify(value)), 3)]).toEqual(value);
});

test('a file that is cut off or no array is refused', () => {
  expect(() => [...readJsonArray(write('[{"a": 1}, {"b"'))]).toThrow('ends inside');
  expect(() => [...readJsonArray(write('{"a": []}'))]).toThrow('no JSON array');
  expect(() => [...readJsonArray(write(''))]).toThrow('ends inside');
});

test('the first character is seen behind white space and a byte order mark', () => {
  expect(firstCharacter(write('\uFEFF\n  [1]'))).toBe('[');
  expect(firstCharacter(write('  '))).toBe('');
});
