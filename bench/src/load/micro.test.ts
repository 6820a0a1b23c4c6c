import { expect, test } from 'vitest';
import { verdict } from './figure.ts';
import { durabilityFigures, scanFigures } from './micro.ts';

test('the scan is held against 1.5 times streaming', () => {
  const report = { rows: 100_000, dimension: 256, scanMs: 1.2, streamMs: 0.9, ratio: 1.33 };
  const [figure] = scanFigures(report);
  expect(figure).toMatchObject({ goal: 1.5, value: 1.33, unit: 'x' });
  expect(figure?.note).toBe('100000 x 256: scan 1.20 ms, stream 0.90 ms');
});

test('a report of another shape is a skip, not a number', () => {
  expect(scanFigures({}).map(verdict)).toEqual(['skipped']);
});

test('durability is held against the goals of its delay', () => {
  const row = { rawFsyncMs: 4.1, singleWriteMs: 4.9, singleOverRaw: 1.2, groupOverSingle: 7 };
  const figures = durabilityFigures({
    rows: [
      { ...row, injectedMs: 0, rawFsyncMs: 0.2 },
      { ...row, injectedMs: 4 },
      { injectedMs: 1, skipped: 'no strace' },
    ],
  });
  expect(figures.map((figure) => [figure.goal, verdict(figure)])).toEqual([
    [null, '-'],
    [2, 'met'],
    [1.5, 'met'],
    [8, 'missed'],
    [1.5, 'skipped'],
    [2, 'skipped'],
  ]);
});
