/** Every TypeScript block of the README stands, line for line, in the compiled examples. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createClient } from './client.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const flat = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');

const blocks = [...read('../README.md').matchAll(/```ts\n([\s\S]*?)```/g)].map((found) => found[1]);
const examples = flat(read('./examples.ts'));

describe('README', () => {
  it('has examples', () => expect(blocks.length).toBeGreaterThan(7));

  it.each(Object.keys(createClient()))('tells of %s', (name) => {
    expect(read('../README.md')).toContain(`\`${name}(`);
  });

  it.each(blocks)('is compiled: %s', (block = '') => {
    expect(examples).toContain(flat(block));
  });
});
