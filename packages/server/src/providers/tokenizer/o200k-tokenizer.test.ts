import { expect, test } from 'vitest';
import { lazyO200kTokenizer } from './o200k-tokenizer.ts';

const open = lazyO200kTokenizer();

test('counts what another implementation counts', async () => {
  const { name, count } = await open();
  expect(name).toBe('o200k_base');
  // The same counts as those of js-tiktoken 1.0.21.
  expect(count('')).toBe(0);
  expect(count('Hello, world!')).toBe(4);
  expect(count('Ann moved to Lisbon in May 2026.')).toBe(10);
  expect(count('我喜欢喝茶。')).toBe(5);
});

test('what looks like a special token is text', async () => {
  const { count } = await open();
  expect(count('<|endoftext|>')).toBeGreaterThan(1);
});

test('is loaded once', async () => {
  expect(await open()).toBe(await open());
});
