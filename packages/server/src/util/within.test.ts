import { expect, test } from 'vitest';
import { within } from './within.ts';

const never = () => new Promise<never>(() => {});

test('work in time is answered, and its own fault is told', async () => {
  expect(await within(1_000, async () => 7)).toBe(7);
  await expect(within(1_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('work that takes too long is told to stop and left behind', async () => {
  let seen: AbortSignal | undefined;
  const late = within(5, (signal) => {
    seen = signal;
    return never();
  });
  await expect(late).rejects.toThrow('too long');
  expect(seen?.aborted).toBe(true);
});

test('a stop from outside ends it at once', async () => {
  const stop = new AbortController();
  const work = within(60_000, never, stop.signal);
  stop.abort(new Error('stopping'));
  await expect(work).rejects.toThrow('stopping');
  await expect(within(60_000, never, stop.signal)).rejects.toThrow('stopping');
});
