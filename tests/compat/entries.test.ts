/** A namespace is read for its keys up to a bound, and refused beyond it. */
import { expect, test } from 'vitest';
import { limits } from '../../packages/server/src/domain/limits.ts';
import { readEntries } from '../../packages/server/src/http/compat/entries.ts';
import { openTestEngine } from '../context/open-test-engine.ts';

test.each([
  ['memories', 'short', limits.entriesMemoriesMax / limits.listLimitMax],
  ['bytes', 'x'.repeat(32 * 1024), limits.entriesBytesMax / (32 * 1024 * limits.listLimitMax)],
])('a namespace of too many %s is refused before all of it is read', async (_, value, pages) => {
  const { scope, ann: namespace, store, close } = await openTestEngine();
  const memory = await store(value);
  await close();
  const memories = Array.from({ length: limits.listLimitMax }, () => memory);
  const endless = (lastPage: number) => {
    let page = 0;
    const list = async () => {
      page += 1;
      return { memories, ...(page < lastPage && { nextCursor: 'more' }) };
    };
    return { list, pages: () => page };
  };
  const whole = Math.floor(pages);
  const fits = await readEntries(endless(whole), scope, { namespace });
  expect(fits.unkeyed).toBe(whole * limits.listLimitMax);
  const tooMany = endless(Number.POSITIVE_INFINITY);
  const reading = readEntries(tooMany, scope, { namespace });
  await expect(reading).rejects.toMatchObject({ code: 'too_many_items' });
  expect(tooMany.pages()).toBe(whole + 1);
});
