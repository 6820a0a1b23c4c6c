import { expect, test } from 'vitest';
import { toFigures } from './micro.ts';

test('a measurement may return figures or an object that holds them', () => {
  const figure = { what: 'scan over streaming', goal: 1.5, value: 1.2, unit: 'x', note: '100k' };
  const wanted = [{ ...figure, atLeast: false }];
  expect(toFigures('scan', [figure])).toEqual(wanted);
  expect(toFigures('scan', { figures: [figure] })).toEqual(wanted);
});

test('a measurement without figures is an error, not an empty table', () => {
  expect(() => toFigures('scan', { ratio: 1 })).toThrow('no figures');
});
