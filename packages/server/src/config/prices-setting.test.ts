import { expect, test } from 'vitest';
import { pricesFromText } from './prices-setting.ts';

test.each([
  ['0.4,1.6', 0.4, 1.6],
  [' 15 , 75 ', 15, 75],
  ['0,0', 0, 0],
])('%j are prices', (text, input, output) => {
  expect(pricesFromText.parse(text)).toEqual({ input, output });
});

test.each(['', '1', '1,', '1;2', '1,2,3', '-1,2', '$1,$2', '1e3,2', '12345,1'])(
  '%j are none',
  (text) => {
    expect(pricesFromText.safeParse(text).error?.issues[0]?.message).toContain('0.4,1.6');
  },
);
