import { expect, test } from 'vitest';
import { verdict } from './figure.ts';
import { durabilityFigures, toFigures } from './micro.ts';

test('a measurement may return figures or an object that holds them', () => {
  const figure = { what: 'scan over streaming', goal: 1.5, value: 1.2, unit: 'x', note: '100k' };
  const wanted = [{ ...figure, atLeast: false }];
  expect(toFigures([figure])).toEqual(wanted);
  expect(toFigures({ figures: [figure] })).toEqual(wanted);
});

test('a measurement without figures is an error, not an empty table', () => {
  expect(() => toFigures({ ratio: 1 })).toThrow('no figures');
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
