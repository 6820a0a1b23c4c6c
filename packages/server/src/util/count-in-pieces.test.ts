import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakLongRuns, countInPieces } from './count-in-pieces.ts';

test('the pieces are the whole text, none too long, each ending at white space', async () => {
  const words = fc.array(fc.stringMatching(/^[a-zé]{1,40}$/), { maxLength: 600 });
  await fc.assert(
    fc.asyncProperty(words, async (parts) => {
      const text = parts.join(' ');
      const pieces: string[] = [];
      const length = await countInPieces(text, (piece) => pieces.push(piece) && piece.length);
      expect(pieces.join('')).toBe(text);
      expect(length).toBe(text.length);
      for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(4096);
      for (const piece of pieces.slice(1)) expect(piece).toMatch(/^ /);
    }),
  );
});

test('long runs are broken, with no character lost', () => {
  const text = `a ${'🎻'.repeat(1_000)} b`;
  const broken = breakLongRuns(text);
  expect(broken.replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  for (const run of broken.split(' ')) expect([...run].length).toBeLessThanOrEqual(256);
});
