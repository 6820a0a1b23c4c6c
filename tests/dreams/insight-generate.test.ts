/** Names in two talks, and topics of the same weeks: what is planted, and what is one thing. */
import { expect, test } from 'vitest';
import { insightGenerate as planted } from '../../bench/src/dreams/planted/insight-generate.ts';
import { isWellFormed, planPlanted, scorePlanted } from './planted-score.ts';
import { scriptedTools } from './scripted-generate.ts';
import { budget, offlineTools, snapshotOf } from './snapshot-of.ts';
import { insightGenerate } from './strategies.ts';

const dayMs = 86_400_000;
const start = Date.UTC(2026, 0, 5, 18);

const work = [
  'The client in Lisbon wants the contract by email.',
  'Our sales team in Lisbon missed the quarterly target.',
  'I prepared slides for the Lisbon budget meeting.',
];
const wedding = [
  'The wedding guests sleep in Lisbon.',
  'We chose the wedding cake from Lisbon.',
  'The bridesmaids want to dress in Lisbon.',
];

/** Each on a day of its own, among others. */
function told(...texts: readonly string[]) {
  const filler = 'rain tea soup bus mail tax wind sun lamp sofa'.split(' ');
  const others = Array.from({ length: 90 }, (_, i) => ({
    text: `Some ${filler[(i * 7 + Math.floor(i / 10)) % 10]}.`,
    occurredAt: start + i * dayMs,
  }));
  const said = texts.map((text, i) => ({ text, occurredAt: start + (i * 9 + 1) * dayMs + 60_000 }));
  return snapshotOf([...others, ...said]);
}

test('finds what is planted, and little else', async () => {
  const { precision, recall } = await scorePlanted(insightGenerate, planted);
  expect(precision).toBeGreaterThanOrEqual(0.9);
  expect(recall).toBeGreaterThanOrEqual(0.7);
});

test('at most ten, each with sources on both sides, and the same again', async () => {
  const { actions, snapshot } = await planPlanted(insightGenerate, planted, 10);
  expect(actions.length).toBeLessThanOrEqual(10);
  expect(actions.every(isWellFormed)).toBe(true);
  expect(actions.every(({ sources }) => sources.length >= 4)).toBe(true);
  expect(await insightGenerate.plan(snapshot, { budget }, offlineTools())).toEqual(actions);
});

test('a name in two talks is told with both of them', async () => {
  const snapshot = await told(...work, ...wedding);
  const [action, ...more] = await insightGenerate.plan(snapshot, { budget }, offlineTools());
  expect(more).toEqual([]);
  expect(action?.add).toMatchObject({ subject: 'shared:lisbon', type: 'insight' });
  const value = action?.add?.value ?? '';
  expect(value).toMatch(/^Lisbon appears both in what is told about .* and about .*wedding/);
  // One of the three about work is too unlike the others.
  expect(value.match(/\([23] memories, 2026-/g)).toHaveLength(2);
  expect(action?.sources).toHaveLength(5);
});

test('a name in one talk tells nothing, nor does one that stands once in another', async () => {
  const cases = [work.concat(work), [...work, ...work, 'The wedding guests sleep in Lisbon.']];
  for (const texts of cases) {
    const snapshot = await told(...texts);
    expect(await insightGenerate.plan(snapshot, { budget }, offlineTools())).toEqual([]);
  }
});

test('topics of the same weeks are told, and those that only may be are not', async () => {
  const inWeeks = (text: string, day: number, weeks: readonly number[]) =>
    weeks.map((week) => ({ text, occurredAt: start + (7 * week + day) * dayMs }));
  const valuesOf = async (often: readonly number[]) => {
    const quiet = inWeeks(
      'All quiet.',
      1,
      Array.from({ length: 40 }, (_, week) => week),
    );
    const rare = inWeeks('The migraine is back.', 2, [3, 9, 14, 20, 27, 33]);
    const memories = [...quiet, ...rare, ...inWeeks('An inspector came.', 5, often)];
    const snapshot = await snapshotOf(memories.sort((a, b) => a.occurredAt - b.occurredAt));
    const actions = await insightGenerate.plan(snapshot, { budget }, offlineTools());
    return actions.map(({ add }) => add?.value);
  };
  expect(await valuesOf([3, 9, 14, 20, 27, 30, 33])).toEqual([
    expect.stringMatching(/^"migraine" and "inspector" come in the same weeks.*: 6 of the 6/),
  ]);
  // Five of six, and what comes every other week would be there anyway.
  const everyOther = Array.from({ length: 18 }, (_, i) => 2 * i + 1);
  expect(await valuesOf([...everyOther, 14])).toEqual([]);
});

test('without an embedder names are left out, and the reader is told', async () => {
  const notes: string[] = [];
  const tools = { ...offlineTools(notes), embed: async () => undefined };
  const snapshot = await told(...work, ...wedding);
  expect(await insightGenerate.plan(snapshot, { budget }, tools)).toEqual([]);
  expect(notes).toEqual(['no embedder answers, so names are not looked at']);
});

test('a model words an insight, and may not lose its name', async () => {
  const snapshot = await told(...work, ...wedding);
  const plan = async (text: string) => {
    const scripted = scriptedTools(() => ({ findings: [{ number: 1, text }] }));
    const [action] = await insightGenerate.plan(snapshot, { budget }, scripted.tools);
    return { value: action?.add?.value, ...scripted };
  };
  const good = 'Lisbon is where the client sits, and where the wedding will be.';
  expect(await plan(good)).toMatchObject({ value: good, notes: [] });
  const bad = await plan('The client and the wedding are in one city.');
  expect(bad.value).toMatch(/^Lisbon appears both/);
  expect(bad.notes[0]).toContain('"Lisbon" is not in it');
});
