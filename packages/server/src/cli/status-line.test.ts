import { expect, test } from 'vitest';
import { createRate, createStatusLine } from './status-line.ts';

test('a line is written over the one before, and taken away', () => {
  let written = '';
  const line = createStatusLine((text) => {
    written += text;
  }, 0);
  line.show(() => '1 of 2');
  line.show(() => '2 of 2');
  line.clear();
  line.clear();
  expect(written).toBe('\r\u001b[K1 of 2\r\u001b[K2 of 2\r\u001b[K');
});

test('nothing is made where nobody watches, or too soon', () => {
  const silent = createStatusLine(undefined);
  silent.show(() => {
    throw new Error('made');
  });
  silent.clear();
  let written = '';
  const slow = createStatusLine((text) => {
    written += text;
  }, 60_000);
  slow.show(() => 'first');
  slow.show(() => 'second');
  expect(written).toBe('\r\u001b[Kfirst');
});

test('a rate counts from what was there already', () => {
  let now = 0;
  const rate = createRate(() => now);
  expect(rate(5_000)).toBe('0/s');
  now = 2_000;
  expect(rate(15_000)).toBe('5,000/s');
});
