/** Lines come out whole wherever the stream was cut, and a long one costs no memory. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLines } from './split-lines.ts';

async function split(text: string, cuts: readonly number[], lineBytesMax = 1000) {
  const bytes = Buffer.from(text);
  async function* source() {
    let start = 0;
    for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
      yield bytes.subarray(start, Math.max(start, cut));
      start = Math.max(start, cut);
    }
  }
  const lines: [number, string | undefined][] = [];
  for await (const { no, bytes: line } of splitLines(source(), lineBytesMax)) {
    lines.push([no, line && Buffer.from(line).toString()]);
  }
  return lines;
}

test('lines are those of the text, with their numbers, wherever it was cut', async () => {
  const text = fc.array(fc.constantFrom('', 'a', 'ü', 'long line', '\r')).map((a) => a.join('\n'));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(60)), async (whole, cuts) => {
      const expected = whole.split('\n').map((line, i) => [i + 1, line]);
      expect(await split(whole, cuts)).toEqual(expected.filter(([, line]) => line !== ''));
    }),
  );
});

test('a line over the bound is named and not held, the next one is whole again', async () => {
  expect(await split(`ok\n${'x'.repeat(50)}\nok`, [5, 20, 40], 10)).toEqual([
    [1, 'ok'],
    [2, undefined],
    [3, 'ok'],
  ]);
});
