/** What falls due: dated plans, birthdays and habits, and what is none of them. */
import { expect, test } from 'vitest';
import { forecast as planted } from '../../bench/src/dreams/planted/forecast.ts';
import { otherSentences, plannedSentences } from './plan-sentences.ts';
import { isWellFormed, planPlanted, scorePlanted } from './planted-score.ts';
import { scriptedTools } from './scripted-generate.ts';
import { budget, idOf, offlineTools, type Planted, snapshotOf } from './snapshot-of.ts';
import { forecast } from './strategies.ts';

/** A Monday. */
const monday = Date.UTC(2026, 10, 2, 9);
const now = Date.UTC(2026, 10, 3);
const dayMs = 86_400_000;

async function forecastsOf(...said: (string | Planted)[]): Promise<string[]> {
  const memories = said.map((one, i) => ({
    ...{ speaker: 'Ann', key: 'chat', occurredAt: monday + i * 60_000 },
    ...(typeof one === 'string' ? { text: one } : one),
  }));
  const actions = await forecast.plan(await snapshotOf(memories, now), { budget }, offlineTools());
  expect(actions.every(isWellFormed)).toBe(true);
  return actions.map(({ add }) => add?.value ?? '');
}

test('finds what is planted, and little else', async () => {
  const { precision, recall } = await scorePlanted(forecast, planted);
  expect(precision).toBeGreaterThanOrEqual(0.9);
  expect(recall).toBeGreaterThanOrEqual(0.7);
});

test('sentences that were written after the rules', async () => {
  const said = Date.UTC(2026, 9, 31, 9);
  const isPlan = async (text: string): Promise<boolean> => {
    const snapshot = await snapshotOf([{ text, occurredAt: said }], Date.UTC(2026, 10, 1));
    return (await forecast.plan(snapshot, { budget }, offlineTools())).length > 0;
  };
  const taken = async (texts: readonly string[]) =>
    (await Promise.all(texts.map(isPlan))).filter(Boolean).length;
  expect(await taken(plannedSentences)).toBeGreaterThanOrEqual(14);
  expect(await taken(otherSentences)).toBeLessThanOrEqual(1);
});

test('the same snapshot gives the same forecasts', async () => {
  const { actions, snapshot } = await planPlanted(forecast, planted, 11);
  expect(await forecast.plan(snapshot, { budget }, offlineTools())).toEqual(actions);
});

test('a forecast says the day, who said it and when', async () => {
  expect(await forecastsOf('Great! I will visit Lisbon next Thursday.')).toEqual([
    'Due 2026-11-05: Ann said on 2026-11-02: "I will visit Lisbon [2026-11-05]."',
  ]);
});

test.each([
  ['The exam is on Friday.', '2026-11-06'],
  ['I have a dentist appointment on 3 December 2026.', '2026-12-03'],
  ['I have a class on Wednesday 11 November.', '2026-11-11'],
  ['Ich habe am 10. Dezember einen Termin.', '2026-12-10'],
  ['I have to send the form by Friday.', 'by 2026-11-06'],
  ['We will move in two weeks.', '2026-11-13 to 2026-11-19'],
  ['I am going to Oslo in May.', '2027-05-01 to 2027-05-31'],
  ['My flight leaves on 3 March.', '2027-03-03'],
  ["Mia's birthday is on 8 May.", '2027-05-08'],
  ['I have yoga every Wednesday.', '2026-11-04'],
])('%s is due %s', async (text, when) => {
  const [value = ''] = await forecastsOf(text);
  expect(value.startsWith(`Due ${when}`)).toBe(true);
});

test.each([
  'Will you visit Lisbon next month?',
  'If we win we will fly to Lisbon next month.',
  'I might visit Lisbon next month.',
  'I was in Lisbon last month.',
  'I will not visit Lisbon next month.',
  'I used to have yoga every Wednesday.',
  'See you on Friday!',
  'Have a nice trip on Friday!',
  'Not coming on Friday, sorry!',
  'Am 30. Oktober war ich beim Zahnarzt.',
  'It is part of my writing today.',
])('%s is no forecast', async (text) => {
  expect(await forecastsOf(text)).toEqual([]);
});

test('what was called off or put off is gone, and only that', async () => {
  const plan = 'I will visit the Lisbon office next month.';
  const other = 'The driving exam is in January 2027.';
  const rest = expect.stringContaining('driving exam');
  expect(await forecastsOf(plan, other)).toHaveLength(2);
  expect(await forecastsOf(plan, other, 'We called off the Lisbon visit.')).toEqual([rest]);
  expect(await forecastsOf(other, plan, 'In the end we called it off.')).toEqual([rest]);
  const moved = await forecastsOf(plan, 'The Lisbon visit was moved to 4 December.');
  expect(moved).toEqual([expect.stringContaining('Due 2026-12-04')]);
  // Somebody else, elsewhere, speaks of something else.
  const elsewhere = { text: 'The Lisbon trip fell through.', speaker: 'Zoe', key: 'other' };
  expect(await forecastsOf(plan, elsewhere)).toHaveLength(1);
});

test('said twice is one forecast, with both as sources', async () => {
  const [value, more] = await forecastsOf(
    'I will visit the Lisbon office in December.',
    'The Lisbon visit is on 4 December 2026.',
  );
  expect(value).toContain('Due 2026-12-04');
  expect(more).toBeUndefined();
});

test('it holds until the day after, and its horizon counts from the dream', async () => {
  const said = { text: 'I will visit Lisbon on Friday.', occurredAt: monday };
  const snapshot = await snapshotOf([said], now);
  const [action] = await forecast.plan(snapshot, { budget }, offlineTools());
  expect(action?.add).toMatchObject({
    ...{ type: 'forecast', subject: `plan:${idOf(1)}`, validTo: Date.UTC(2026, 10, 7) },
    metadata: { kind: 'plan', horizon: 'short', due: '2026-11-06', due_last: '2026-11-06' },
  });
  const later = await snapshotOf([said], now + 4 * dayMs);
  expect(await forecast.plan(later, { budget }, offlineTools())).toEqual([]);
});

test('a habit comes round again while it is kept', async () => {
  const talk = Array.from({ length: 77 }, (_, day) => ({
    text: day % 7 === 0 ? 'Went running.' : 'Nothing new.',
    occurredAt: monday - (77 - day) * dayMs,
  }));
  expect(await forecastsOf(...talk)).toEqual([
    'Due 2026-11-09: Ann: running, as on 11 days in 11 weeks between 2026-08-17 and 2026-10-26.',
  ]);
  const lapsed = talk.map((one) => ({ ...one, occurredAt: one.occurredAt - 40 * dayMs }));
  expect(await forecastsOf(...lapsed)).toEqual([]);
});

test('a model reads plans that the rules do not see, within what it was given', async () => {
  const text = 'Nach Weihnachten ziehen wir um.';
  const snapshot = await snapshotOf([{ text, speaker: 'Ann', occurredAt: monday }], now);
  const plan = async (id: string, due: string, said: string) => {
    const scripted = scriptedTools(() => ({ plans: [{ id, due, text: said }] }));
    const actions = await forecast.plan(snapshot, { budget }, scripted.tools);
    return { values: actions.map(({ add }) => add?.value), ...scripted };
  };
  const good = await plan(idOf(1), '2026-12-27', 'Ann zieht nach Weihnachten um.');
  expect(good.values).toEqual([
    'Due 2026-12-27: Ann zieht nach Weihnachten um. (Ann said on 2026-11-02)',
  ]);
  expect(good.asked[0]?.values).toMatchObject({ today: '2026-11-03' });
  for (const [id, due, said, problem] of [
    [idOf(9), '2026-12-27', 'Ann zieht um.', 'not among those given'],
    [idOf(1), '2026-13-27', 'Ann zieht um.', 'its date is none'],
    [idOf(1), '2020-12-27', 'Ann zieht um.', 'out of reach'],
    [idOf(1), '2026-12-27', 'Ann zieht um 10 um.', '10 is not in its memory'],
  ] as const) {
    const bad = await plan(id, due, said);
    expect(bad.values).toEqual([]);
    expect(bad.notes[0]).toContain(problem);
  }
  const made = { text: good.values[0] ?? '', kind: 'derived', type: 'forecast' } as const;
  const again = await snapshotOf(
    [
      { text, speaker: 'Ann', occurredAt: monday },
      { ...made, derivedFrom: [idOf(1)] },
    ],
    now,
  );
  const second = scriptedTools(() => ({ plans: [] }));
  await forecast.plan(again, { budget }, second.tools);
  expect(second.asked).toEqual([]);
  const refused = scriptedTools(() => 'budget');
  expect(await forecast.plan(snapshot, { budget }, refused.tools)).toEqual([]);
  expect(refused.notes).toEqual(['budget; only what the rules find is here']);
});
