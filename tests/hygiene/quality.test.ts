/** Prints how well hygiene does on the planted texts, and holds the guide to it. */
import { expect, test } from 'vitest';
import { read } from '../source-files.ts';
import { measureHeldOut, measureHygiene, qualityTable } from './measure.ts';
import { ordinary } from './ordinary.fixture.ts';

test('hygiene finds what is planted, as the guide says', () => {
  const quality = measureHygiene();
  const table = qualityTable(quality).join('\n');
  console.log([`${ordinary.length} ordinary texts`, table, ...quality.mistakes].join('\n'));
  for (const { kind, planted, found, wrong } of quality.kinds) {
    expect(found / (found + wrong), `precision of ${kind}`).toBeGreaterThanOrEqual(0.95);
    expect(found / planted, `recall of ${kind}`).toBeGreaterThanOrEqual(0.85);
  }
  expect(read('docs/guides/hygiene.md')).toContain(table);
});

test('of texts that the rules were not written for it finds what the guide says', () => {
  const [secrets, instructions] = measureHeldOut();
  const said =
    `${secrets.found} of ${secrets.planted} secrets and ` +
    `${instructions.found} of ${instructions.planted} instructions`;
  console.log(said);
  expect(read('docs/guides/hygiene.md').replaceAll(/\s+/g, ' ')).toContain(said);
});
