import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gatherChunks } from './gather-chunks.ts';

test('chunks hold the same bytes, and only the last is small', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 20 }));
  const property = fc.asyncProperty(chunks, fc.integer({ min: 1, max: 50 }), async (some, min) => {
    const gathered: Uint8Array[] = [];
    for await (const chunk of gatherChunks(each(some), min)) gathered.push(chunk);
    expect(Buffer.concat(gathered)).toEqual(Buffer.concat(some));
    for (const chunk of gathered.slice(0, -1)) expect(chunk.length).toBeGreaterThanOrEqual(min);
    expect(gathered.every(({ length }) => length > 0 && length < min + 20)).toBe(true);
  });
  await fc.assert(property);
});

async function* each(some: readonly Uint8Array[]) {
  yield* some;
}
