import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';

/** `npm run soak:fuzz` sends 100,000, from another seed each time. */
const requests = 2_000;
const seed = Number(process.env.FUZZ_SEED ?? 1);

test('whatever is sent has a documented answer, and harms nobody else', async () => {
  const report = await fuzz({ requests, seed });
  expect(report.failures, `seed ${seed}`).toEqual([]);
  expect(report.damage).toBeUndefined();
  expect(report.honest.wrong).toEqual([]);
  // Searches that come before anything is stored are stores too.
  expect(report.honest.stored).toBeGreaterThanOrEqual(requests / 20);
  // Not all of it is refused at the door.
  expect(report.statuses.get('200')).toBeGreaterThan(requests / 8);
  const [, , before] = report.memory;
  expect((report.memory.at(-1)?.heapMb ?? 0) - (before?.heapMb ?? 0)).toBeLessThan(64);
}, 300_000);
