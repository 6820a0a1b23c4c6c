/** Prints how well the audit does on the planted memories, and holds the guide to it. */
import { expect, test } from 'vitest';
import { read } from '../source-files.ts';
import { measureAudit, qualityTable } from './measure.ts';

test('the audit finds what is planted, as the guide says', async () => {
  const quality = await measureAudit();
  const table = qualityTable(quality).join('\n');
  console.log([`${quality.memories} memories`, table, ...quality.wrong].join('\n'));
  expect(quality.memories).toBeGreaterThanOrEqual(300);
  expect(read('docs/guides/audit.md')).toContain(table);
  for (const { planted, found, right, name } of quality.classes) {
    expect(right / found, `precision of ${name}`).toBeGreaterThanOrEqual(0.9);
    expect(right / planted, `recall of ${name}`).toBeGreaterThanOrEqual(0.6);
  }
});
