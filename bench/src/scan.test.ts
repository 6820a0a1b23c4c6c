import { expect, test } from 'vitest';
import { measureScan } from './scan.ts';

test('the scan is measured against reading the same bytes', () => {
  const measure = measureScan({ rows: 2000, passes: 20 });
  expect(measure.rows).toBe(2000);
  expect(measure.scanMs).toBeGreaterThan(0);
  expect(measure.ratio).toBeCloseTo(measure.ratio);
  expect(measure.ratio).toBeGreaterThan(0.2);
});
