/** What comes back, with counts: what is planted, what chance does, and how it is worded. */
import { expect, test } from 'vitest';
import { chatter } from '../../bench/src/dreams/planted/chatter.ts';
import { patternExtract as planted } from '../../bench/src/dreams/planted/pattern-extract.ts';
import { createRandom } from '../../bench/src/lib/random.ts';
import { isWellFormed, planPlanted, scorePlanted } from './planted-score.ts';
import { scriptedTools } from './scripted-generate.ts';
import { budget, offlineTools, type Planted, snapshotOf } from './snapshot-of.ts';
import { patternExtract } from './strategies.ts';

const dayMs = 86_400_000;
/** A Monday. */
const start = Date.UTC(2023, 0, 2, 18);

/** Talk on every day, with the text on each day that is asked for. */
function diary(days: number, text: string, isOn: (day: number) => boolean): Planted[] {
  const random = createRandom(days);
  return Array.from({ length: days }, (_, day) => [
    { text: chatter(random), speaker: 'Ann', occurredAt: start + day * dayMs },
    ...(isOn(day) ? [{ text, speaker: 'Ann', occurredAt: start + day * dayMs + 60_000 }] : []),
  ]).flat();
}

async function valuesOf(memories: readonly Planted[]): Promise<string[]> {
  const actions = await patternExtract.plan(await snapshotOf(memories), { budget }, offlineTools());
  expect(actions.every(isWellFormed)).toBe(true);
  return actions.map(({ add }) => add?.value ?? '');
}

test('finds what is planted, and little else', async () => {
  const { precision, recall } = await scorePlanted(patternExtract, planted);
  expect(precision).toBeGreaterThanOrEqual(0.9);
  expect(recall).toBeGreaterThanOrEqual(0.7);
});

test('the same snapshot gives the same patterns', async () => {
  const { actions, snapshot } = await planPlanted(patternExtract, planted, 11);
  expect(actions.every(isWellFormed)).toBe(true);
  expect(await patternExtract.plan(snapshot, { budget }, offlineTools())).toEqual(actions);
});

test('a habit is counted in its weeks', async () => {
  const values = await valuesOf(diary(77, 'Went running.', (day) => day % 7 === 0 && day !== 21));
  expect(values).toEqual([
    'Ann: running on Mondays: 10 of 11 Mondays between 2023-01-02 and 2023-03-13. ' +
      'Said on 2023-03-13: "Went running."',
  ]);
});

test('who talks on Mondays only has no habit on Mondays', async () => {
  const mondays = diary(140, 'Went running.', () => true).filter(
    ({ occurredAt = 0 }) => Math.floor((occurredAt - start) / dayMs) % 7 === 0,
  );
  const values = await valuesOf(mondays);
  expect(values.filter((value) => value.includes('Mondays'))).toEqual([]);
});

test('what happened yesterday is counted there, and a plan is not counted', async () => {
  const told = diary(77, 'Went running yesterday.', (day) => day % 7 === 1);
  expect((await valuesOf(told))[0]).toMatch(/running on Mondays: 11 of 11/);
  const plans = diary(77, 'Tomorrow I go running.', (day) => day % 7 === 6);
  expect((await valuesOf(plans)).filter((value) => value.includes('Mondays'))).toEqual([]);
});

test('echoes count for nothing', async () => {
  const memories = diary(77, 'Went running.', (day) => day % 7 === 0).map((memory) =>
    memory.text === 'Went running.' ? { ...memory, isEcho: true } : memory,
  );
  expect(await valuesOf(memories)).toEqual([]);
});

test('other scripts are read without English', async () => {
  const values = await valuesOf(diary(77, 'Ходила на плавание.', (day) => day % 7 === 2));
  expect(values[0]).toMatch(/плавание.* on Wednesdays: 11 of 11/);
});

test('a model words patterns, and changes no number and no name', async () => {
  const memories = diary(77, 'Went running.', (day) => day % 7 === 0 && day !== 21);
  const snapshot = await snapshotOf(memories);
  const plan = async (text: string, number = 1) => {
    const scripted = scriptedTools(() => ({ findings: [{ number, text }] }));
    const [action] = await patternExtract.plan(snapshot, { budget }, scripted.tools);
    return { value: action?.add?.value, ...scripted };
  };
  const offline = (await valuesOf(memories))[0];
  const good = 'Ann goes running on Mondays: on 10 of 11 between 2023-01-02 and 2023-03-13.';
  expect(await plan(good)).toMatchObject({ value: good, notes: [] });
  const invented = await plan('Ann goes running on 12 of 11 Mondays.');
  expect(invented.value).toBe(offline);
  expect(invented.notes[0]).toContain('12 stands in none of its memories');
  expect((await plan('Ann swims on Mondays.')).notes[0]).toContain('"running" is not in it');
  expect((await plan(good, 7)).value).toBe(offline);
  expect(invented.asked[0]?.values.memories).toContain('finding 1: Ann: running on Mondays');
});

test('a second dream asks for nothing that was worded before', async () => {
  const memories = diary(77, 'Went running.', (day) => day % 7 === 0);
  const text = 'Ann goes running on Mondays: on 11 of 11 between 2023-01-02 and 2023-03-13.';
  const first = scriptedTools(() => ({ findings: [{ number: 1, text }] }));
  const [action] = await patternExtract.plan(await snapshotOf(memories), { budget }, first.tools);
  const { value = '', metadata = {} } = action?.add ?? {};
  expect(value).toBe(text);
  const again = await snapshotOf([...memories, { text: value, metadata, kind: 'derived' }]);
  const second = scriptedTools(() => ({ findings: [{ number: 1, text: `${text} Again.` }] }));
  const [same] = await patternExtract.plan(again, { budget }, second.tools);
  expect(same?.add).toEqual(action?.add);
  expect(second.asked).toEqual([]);
});

test('without an answer the offline texts stand, and the reader is told', async () => {
  const snapshot = await snapshotOf(diary(77, 'Went running.', (day) => day % 7 === 0));
  const { tools, notes } = scriptedTools(() => 'budget');
  const actions = await patternExtract.plan(snapshot, { budget }, tools);
  expect(actions).toEqual(await patternExtract.plan(snapshot, { budget }, offlineTools()));
  expect(notes).toEqual(['budget; the texts are the offline ones']);
});

test('a habit in other words each time, and a word that came with a form', async () => {
  const ways = [
    'I went running by the river this morning.',
    'Ran 5 km before work.',
    'Went for a run again.',
    'My morning run was hard today.',
  ];
  const first = Date.UTC(2026, 7, 3, 8);
  const runs = (texts: readonly string[]) =>
    Array.from({ length: 10 }, (_, week) => ({
      ...{ text: texts[week % texts.length] ?? '', speaker: 'Ann', key: 'chat' },
      occurredAt: first + week * 7 * 86_400_000,
    }));
  const soups = Array.from({ length: 40 }, (_, i) => ({
    ...{ text: `I had ${'abcdefghij'[i % 10]}-soup with bread.`, speaker: 'Ann', key: 'chat' },
    occurredAt: first + Math.floor(i * 1.7) * 86_400_000 + 3_600_000,
  }));
  for (const texts of [ways, ways.slice(0, 1)]) {
    for (const others of [[], soups]) {
      const snapshot = await snapshotOf([...runs(texts), ...others]);
      const actions = await patternExtract.plan(snapshot, { budget }, offlineTools());
      const found = actions.map(({ add }) => `${add?.tags?.[0]} ${add?.value.split(':')[1]}`);
      expect(found).toContainEqual(expect.stringMatching(/^weekly {2}run.* on Mondays$/));
      expect(found.filter((one) => one.startsWith('topic'))).toEqual([]);
    }
  }
});
