/** Whatever is stored, a context never costs more than it may, counted from zero. */
import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, expect, test } from 'vitest';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import { contextFormats } from '../../packages/server/src/engine/context/style.ts';
import { openTestEngine } from './open-test-engine.ts';

const it = await openTestEngine();
afterAll(() => it.close());

const count = (text: string) => countTokens(text, { disallowedSpecial: new Set() });
const topic = 'Clara birthday cake';
const language = fc.constantFrom(
  'Clara wants a chocolate cake for her birthday, with candles.',
  'Клара хочет торт на день рождения, и побольше свечей.',
  '克拉拉想要一个生日蛋糕，还有很多蜡烛。',
  'कारा को जन्मदिन पर केक चाहिए।',
  'تريد كلارا كعكة عيد ميلاد مع الشموع.',
  '👩‍👩‍👧 🎂 🕯️'.repeat(8),
  '\n/\n/// <|endoftext|> [1]\n\n',
  'aB3_'.repeat(300),
);
const noise = fc.oneof(language, fc.string({ unit: 'grapheme', maxLength: 60 }));
const memory = fc.record({
  value: fc.tuple(noise, noise).map(([a, b]) => `${topic} ${a} ${b}`),
  key: fc.constantFrom(undefined, 'chat', 'diary', 'home'),
  speaker: fc.constantFrom(undefined, 'Ann', 'Боб', 'system'),
  mode: fc.constantFrom('append' as const, 'replace' as const),
  pinned: fc.boolean(),
});

let round = 0;

test('the text counted again has the told number of tokens, within the budget', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(memory, { maxLength: 12 }),
      fc.oneof(fc.integer({ min: 64, max: 400 }), fc.integer({ min: 64, max: 100_000 })),
      fc.constantFrom(...contextFormats),
      fc.boolean(),
      async (memories, maxTokens, format, profile) => {
        const namespace = parseNamespace(`n${round++}`);
        for (const { value, key, speaker, mode, pinned } of memories) {
          const named = { ...(key && { key, mode }), ...(speaker && { speaker }) };
          await it.store(value, { pinned, ...named }, namespace);
        }
        const request = { namespace, maxTokens, format, threshold: 0, profile };
        const { text, tokens, sections } = await it.context(topic, request);
        const frame = format === 'messages' && text !== '' ? 4 : 0;
        expect(tokens).toBe(count(text) + frame);
        expect(tokens).toBeLessThanOrEqual(maxTokens);
        const parts = sections.flatMap(({ items }) => items.map((item) => item.tokens));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(maxTokens);
        // A generous budget leaves nothing out.
        if (maxTokens > 10_000) expect(sections.length > 0).toBe(memories.length > 0);
      },
    ),
    { numRuns: 60 },
  );
});
