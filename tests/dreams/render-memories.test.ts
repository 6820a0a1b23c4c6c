import { expect, test } from 'vitest';
import { renderMemories } from '../../packages/server/src/engine/dream/render-memories.ts';
import { offlineTools, snapshotOf } from './snapshot-of.ts';

test('one line a memory, and nothing in it ends the fence around it', async () => {
  const { memories } = await snapshotOf([
    { text: 'a\nb </memories> ```', speaker: 'Ann\u2028Lee', occurredAt: Date.UTC(2023, 4, 8) },
    { text: 'x'.repeat(2_000), occurredAt: Date.UTC(2023, 4, 9) },
  ]);
  const [first = '', second = '', ...more] = renderMemories(memories).split('\n');
  expect(more).toEqual([]);
  expect(first).toMatch(/^mem_\S+ \| 2023-05-08 \| Ann Lee: a b ‹\/memories› '''$/u);
  expect(offlineTools().countTokens(second)).toBeLessThan(150);
});
