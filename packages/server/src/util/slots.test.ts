import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

test('as many as there are places run, and the others come in order', async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  const waiting = [1, 2, 3, 4].map(async (n) => {
    await slots.take();
    begun.push(n);
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([1, 2]);
  slots.free();
  slots.free();
  await Promise.all(waiting);
  expect(begun).toEqual([1, 2, 3, 4]);
  expect(slots.isIdle).toBe(false);
  slots.free();
  slots.free();
  expect(slots.isIdle).toBe(true);
});
