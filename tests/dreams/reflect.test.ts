/** The report on what is open, and what is not in it. */
import { expect, test } from 'vitest';
import { reflect as planted } from '../../bench/src/dreams/planted/reflect.ts';
import { isWellFormed, planPlanted, scorePlanted } from './planted-score.ts';
import { scriptedTools } from './scripted-generate.ts';
import { budget, idOf, offlineTools, type Planted, snapshotOf } from './snapshot-of.ts';
import { reflect } from './strategies.ts';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 1);

/** Texts a week apart, the last one a week ago, by Ann. */
function weekly(...texts: readonly (string | Planted)[]) {
  const memories = texts.map((one, i) => ({
    ...{ speaker: 'Ann', occurredAt: now - (texts.length - i) * 7 * dayMs },
    ...(typeof one === 'string' ? { text: one } : one),
  }));
  return snapshotOf(memories, now);
}

async function reportOf(...texts: readonly (string | Planted)[]) {
  const [action] = await reflect.plan(await weekly(...texts), { budget }, offlineTools());
  expect(action === undefined || isWellFormed(action)).toBe(true);
  return action?.add;
}

test('finds what is planted, and little else', async () => {
  const { precision, recall } = await scorePlanted(reflect, planted);
  expect(precision).toBeGreaterThanOrEqual(0.9);
  expect(recall).toBeGreaterThanOrEqual(0.7);
});

test('one report, the same for the same memories, whenever it is made', async () => {
  const { actions, snapshot } = await planPlanted(reflect, planted, 10);
  expect(actions).toHaveLength(1);
  expect(actions.every(isWellFormed)).toBe(true);
  const later = { ...snapshot, now: snapshot.now + dayMs };
  expect(await reflect.plan(later, { budget }, offlineTools())).toEqual(actions);
});

test('nothing open is no report', async () => {
  expect(await reportOf('It rained.', 'I had soup.')).toBeUndefined();
});

test('what contradicts itself is there, linked or not', async () => {
  const texts = ['I like the harbour sauna.', 'It rained.', 'I do not like the harbour sauna.'];
  const report = await reportOf(...texts);
  expect(report?.value).toBe(
    'Contradicted (1): "I like the harbour sauna." (Ann, 2026-10-11) against ' +
      '"I do not like the harbour sauna." (Ann, 2026-10-25).\n' +
      'Suggested: settle what contradicts itself (validate).',
  );
  const links = [{ type: 'contradicts', id: idOf(1) }];
  const linked = await reportOf('I live in Rome.', { text: 'I live in Bern.', links });
  expect(linked?.metadata?.contradicted).toEqual([[idOf(1), idOf(2)]]);
});

test('a plan whose day is past is asked after, unless something was told of it', async () => {
  const plan = 'I will visit the Lisbon office in two weeks.';
  const asked = await reportOf(plan, 'It rained.', 'I had soup.', 'All quiet.');
  expect(asked?.value).toContain('Planned, and not told of since (1): 2026-10-15 to 2026-10-21');
  expect(await reportOf(plan, 'It rained.', 'I had soup.', 'The Lisbon office is small.')).toBe(
    undefined,
  );
  expect(await reportOf('It rained.', plan)).toBeUndefined();
});

test('who is named often and introduced nowhere is asked for', async () => {
  const named = ['met', 'called', 'saw', 'missed', 'helped'].map((verb) => `I ${verb} Kamila.`);
  expect((await reportOf(...named))?.value).toContain('nothing known of (1): Kamila (5 memories)');
  expect(await reportOf(...named, 'Kamila is my cousin.')).toBeUndefined();
  expect(await reportOf(...named, { text: 'Kamila: neighbour', kind: 'fact' })).toBeUndefined();
});

test('what nobody recalls is counted once recalls are counted', async () => {
  const texts = Array.from({ length: 30 }, (_, i) => `Note ${i} on the weather.`);
  const snapshot = await weekly(...texts);
  const plan = (recallsOf: (place: number) => number) =>
    reflect.plan(
      snapshot,
      { budget },
      { ...offlineTools(), recallsOf: ({ ordinal }) => recallsOf(ordinal) },
    );
  expect(await plan(() => 0)).toEqual([]);
  const [action] = await plan((ordinal) => (ordinal > 5 ? 0 : 2));
  expect(action?.add?.value).toMatch(/^Never recalled: 13 of 30 memories, for example "Note 5/);
  expect(action?.add?.metadata?.never_recalled).toBe(13);
});

test('a model words the report, and may lose no name of it', async () => {
  const named = ['met', 'called', 'saw', 'missed', 'helped'].map((verb) => `I ${verb} Kamila.`);
  const snapshot = await weekly(...named);
  const plan = async (text: string) => {
    const scripted = scriptedTools(() => ({ findings: [{ number: 1, text }] }));
    const [action] = await reflect.plan(snapshot, { budget }, scripted.tools);
    return { value: action?.add?.value, ...scripted };
  };
  const good = 'Kamila is named in 5 memories; ask who she is.';
  expect(await plan(good)).toMatchObject({ value: good, notes: [] });
  expect((await plan('Somebody is named often.')).notes[0]).toContain('"Kamila" is not in it');
  expect((await plan('Kamila is 42.')).value).toMatch(/^Named often/);
});

test('what was asked and not found is reported, and noted where nothing else is open', async () => {
  const notes: string[] = [];
  const unmetQuestions = () => [{ text: 'Where is the cellar key?', count: 2 }];
  const tools = { ...offlineTools(notes), unmetQuestions };
  const quiet = await snapshotOf([{ text: 'Soup again.' }]);
  expect(await reflect.plan(quiet, { budget }, tools)).toEqual([]);
  expect(notes).toEqual(['Asked and not found: Where is the cellar key?']);
  const { snapshot } = await planPlanted(reflect, planted, 10);
  const [action] = await reflect.plan(snapshot, { budget }, tools);
  expect(action?.add?.value).toContain('Asked and not found (1): "Where is the cellar key?".');
  expect(await reflect.plan(snapshot, { budget }, tools)).toEqual([action]);
});
