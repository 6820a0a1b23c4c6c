import { expect, test } from 'vitest';
import { nextRun } from '../../engine/dream/cron.ts';
import { cronEvery, intervalHours, intervalOf } from './interval-cron.ts';

const start = Date.UTC(2026, 1, 27, 22, 47, 11);
const hourMs = 3_600_000;

test.each(intervalHours)('every %d hours, counted from now', (hours) => {
  const cron = cronEvery(hours, start);
  expect(intervalOf(cron)).toBe(hours);
  const minute = Math.floor(start / 60_000) * 60_000;
  let at = start;
  for (let i = 1; i <= 30; i += 1) {
    at = nextRun({ cron, timeZone: 'UTC' }, at) ?? 0;
    expect(at).toBe(minute + i * hours * hourMs);
  }
});

test.each(['0 9,10 * * *', '0 9 1 * *', '*/7 * * * *', '0 9 * * 1-5'])('%s is none', (cron) => {
  expect(intervalOf(cron)).toBeNull();
});
