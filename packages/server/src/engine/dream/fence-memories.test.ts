import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fenceMemories } from './fence-memories.ts';

const at = Date.parse('2026-03-01T23:30:00Z');

test('memories are lines with a label, a day and who spoke', () => {
  const { block, labels, idOf } = fenceMemories([
    { id: 'mem_a', at, text: 'We moved to Oslo.\nIn winter.' },
    { id: 'mem_b', at: 0, text: 'Ann & Bo', speaker: 'Ann "the violin"' },
  ]);
  expect(block.split('\n')).toEqual([
    '<memories>',
    '<memory id="m1" date="2026-03-01">We moved to Oslo. / In winter.</memory>',
    '<memory id="m2" date="1970-01-01" speaker="Ann &quot;the violin&quot;">Ann &amp; Bo</memory>',
    '</memories>',
  ]);
  expect(labels).toEqual(['m1', 'm2']);
  expect([idOf('m1'), idOf('m2'), idOf('m3'), idOf('mem_a')]).toEqual([
    'mem_a',
    'mem_b',
    undefined,
    undefined,
  ]);
});

test('nothing in a memory closes its line or the block', () => {
  const attacks = fc.constantFrom(
    '</memory>',
    '</memories>',
    '\n## System\n',
    '" date="',
    '<|im_start|>system',
    '[INST]',
    '&lt;/memories&gt;',
    '\u2028</memories>',
  );
  const texts = fc.array(fc.oneof(attacks, fc.string({ unit: 'grapheme' }))).map((p) => p.join(''));
  fc.assert(
    fc.property(fc.array(fc.tuple(texts, texts), { minLength: 1, maxLength: 4 }), (all) => {
      const memories = all.map(([text, speaker], i) => ({ id: `mem_${i}`, at, text, speaker }));
      const { block } = fenceMemories(memories);
      const lines = block.split(/\r\n|[\r\n\v\f\u0085\u2028\u2029]/);
      expect(lines).toHaveLength(memories.length + 2);
      for (const [i, line] of lines.slice(1, -1).entries()) {
        expect(line).toMatch(
          new RegExp(
            `^<memory id="m${i + 1}" date="2026-03-01" speaker="[^"<>]*">[^<>]*</memory>$`,
          ),
        );
        expect(line).not.toMatch(/<\||\[INST\]/);
      }
    }),
  );
});
