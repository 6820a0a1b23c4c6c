import { expect, test } from 'vitest';
import { coalesce } from './coalesce.ts';

test('callers share the next run, never the one that began before they called', async () => {
  let started = 0;
  const ends: (() => void)[] = [];
  const run = coalesce(() => {
    started += 1;
    return new Promise((resolve) => ends.push(resolve));
  });
  const done: string[] = [];
  const first = run().then(() => done.push('first'));
  const second = run().then(() => done.push('second'));
  const third = run().then(() => done.push('third'));
  expect(started).toBe(1);
  ends.shift()?.();
  await first;
  await expect.poll(() => started).toBe(2);
  expect(done).toEqual(['first']);
  ends.shift()?.();
  await Promise.all([second, third]);
  expect(started).toBe(2);
});

test('a run that fails does not stop the ones that wait', async () => {
  let runs = 0;
  const run = coalesce(async () => {
    runs += 1;
    if (runs === 1) throw new Error('once');
  });
  const first = run();
  const second = run();
  await expect(first).rejects.toThrow('once');
  await second;
  expect(runs).toBe(2);
});
