/** Whatever is remembered, in whatever language: what is proposed is well formed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWellFormed } from './planted-score.ts';
import { budget, offlineTools, type Planted, snapshotOf } from './snapshot-of.ts';
import * as strategies from './strategies.ts';

const texts = [
  ...['', ' ', '!!!', '🎉🎉', '{"city":"Bern","until":"2027-05-01"}', 'a'.repeat(3_000), '2027'],
  ...['Ich ziehe am 3. März um, weil Anna krank ist.', 'Anna wohnt nicht in Bern.'],
  ...['Mañana voy a Sevilla con Anna.', 'No voy a Sevilla.', 'Чай я не пью. Завтра экзамен.'],
  ...['明天我去上海出差。', '我不喜欢喝咖啡。', '내일 서울에 간다.', 'غدا أسافر إلى دبي.'],
  ...['พรุ่งนี้ไปเชียงใหม่', 'कल मैं दिल्ली जाऊँगा।', 'Ngày mai tôi đi Huế.'],
  ...['I will visit Bern next May because Anna moved.', 'We called it off.', 'Every Friday: yoga.'],
  ...["Anna's birthday is on 29 February.", 'I do not like yoga in Bern.', 'I like yoga in Bern.'],
];

const memory: fc.Arbitrary<Planted> = fc.record({
  text: fc.oneof(fc.constantFrom(...texts), fc.string({ unit: 'grapheme', maxLength: 60 })),
  speaker: fc.constantFrom('Ann', 'Ben', 'Анна', '', 'constructor'),
  key: fc.constantFrom('chat', 'notes'),
  kind: fc.constantFrom('episode', 'fact', 'derived'),
  isEcho: fc.boolean(),
  occurredAt: fc
    .integer({ min: 0, max: 500 })
    .map((day) => Date.UTC(2025, 6, 1) + day * 43_200_000),
});

describe.each(Object.entries(strategies))('%s', (_, strategy) => {
  test('takes whatever there is, and gives the same again', async () => {
    const property = fc.asyncProperty(fc.array(memory, { maxLength: 60 }), async (memories) => {
      const snapshot = await snapshotOf(memories);
      const actions = await strategy.plan(snapshot, { budget }, offlineTools());
      const known = new Set(snapshot.memories.map(({ id }) => id));
      for (const action of actions) {
        expect(isWellFormed(action), JSON.stringify(action)).toBe(true);
        expect(action.sources.every(({ id }) => known.has(id))).toBe(true);
      }
      expect(await strategy.plan(snapshot, { budget }, offlineTools())).toEqual(actions);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test('finds nothing in nothing, and does without vectors', async () => {
    expect(await strategy.plan(await snapshotOf([]), { budget }, offlineTools())).toEqual([]);
    const snapshot = await snapshotOf(texts.map((text) => ({ text })));
    const memories = snapshot.memories.map((one) => ({ ...one, vector: undefined }));
    const tools = { ...offlineTools(), embed: async () => undefined };
    const actions = await strategy.plan({ ...snapshot, memories }, { budget }, tools);
    expect(actions.every(isWellFormed)).toBe(true);
  });
});
