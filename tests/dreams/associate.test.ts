/** Links between memories that stand apart: what is planted, and what must be left alone. */
import { expect, test } from 'vitest';
import { associate as planted } from '../../bench/src/dreams/planted/associate.ts';
import { isWellFormed, planPlanted, scorePlanted } from './planted-score.ts';
import { scriptedTools } from './scripted-generate.ts';
import { budget, idOf, offlineTools, type Planted, snapshotOf } from './snapshot-of.ts';
import { associate } from './strategies.ts';

const day = (number: number): number => Date.UTC(2026, 0, number);

async function linksOf(memories: readonly Planted[]): Promise<string[]> {
  const filler = Array.from({ length: 60 }, (_, i) => ({
    text: `Nothing much happened, ${['tea', 'rain', 'sleep', 'work'][i % 4]} as usual.`,
    occurredAt: day(1) + i * 86_400_000 + 3_600_000,
  }));
  const snapshot = await snapshotOf([...memories, ...filler]);
  const actions = await associate.plan(snapshot, { budget }, offlineTools());
  const place = (id: string): number => Number(id.slice(-12));
  return actions.flatMap(({ link = [] }) =>
    link.map(({ from, type, to }) => `${place(from.id)} ${type} ${place(to.id)}`),
  );
}

test('finds what is planted, and little else', async () => {
  const { precision, recall, memories } = await scorePlanted(associate, planted);
  expect(memories / 4).toBeGreaterThan(300);
  expect(precision).toBeGreaterThanOrEqual(0.9);
  expect(recall).toBeGreaterThanOrEqual(0.7);
});

test('says of each link why, and gives the same again', async () => {
  const { actions, snapshot } = await planPlanted(associate, planted, 10);
  expect(actions.every(isWellFormed)).toBe(true);
  expect(await associate.plan(snapshot, { budget }, offlineTools())).toEqual(actions);
});

test('a second dream proposes nothing', async () => {
  const { actions, made } = await planPlanted(associate, planted, 11);
  const linked = made.memories.map((memory, place) => ({
    ...memory,
    links: actions
      .flatMap(({ link = [] }) => link)
      .filter(({ from }) => from.id === idOf(place + 1))
      .map(({ type, to }) => ({ type, id: to.id })),
  }));
  const again = await associate.plan(await snapshotOf(linked), { budget }, offlineTools());
  expect(again).toEqual([]);
});

test('an echo is no evidence, and neighbours of a thread are joined already', async () => {
  const told = { text: 'I saw Doctor Okonkwo.', occurredAt: day(1) };
  expect(
    await linksOf([told, { text: 'I wrote to Doctor Okonkwo.', occurredAt: day(40) }]),
  ).toEqual(['2 same_entity 1']);
  expect(
    await linksOf([
      told,
      { text: 'I wrote to Doctor Okonkwo.', occurredAt: day(40), isEcho: true },
    ]),
  ).toEqual([]);
  const inThread = [told, { text: 'I wrote to Doctor Okonkwo.', occurredAt: day(2) }];
  expect(await linksOf(inThread.map((memory) => ({ ...memory, key: 'chat' })))).toEqual([]);
});

test('a cause comes first, and only the speaker denies what the speaker said', async () => {
  const flood = { text: 'The dishwasher flooded the pantry.', occurredAt: day(1) };
  const away = { text: 'We eat out because the pantry was flooded.', occurredAt: day(30) };
  expect(await linksOf([flood, away])).toEqual(['1 causes 2']);
  const likes = { text: 'I like the harbour sauna.', speaker: 'Ann', occurredAt: day(1) };
  const denial = { text: 'I do not like the harbour sauna.', occurredAt: day(30) };
  expect(await linksOf([likes, { ...denial, speaker: 'Ann' }])).toEqual(['2 contradicts 1']);
  expect(await linksOf([likes, { ...denial, speaker: 'Ben' }])).toEqual([]);
  const atOnce = { ...denial, speaker: 'Ann', occurredAt: likes.occurredAt + 60_000 };
  expect(await linksOf([likes, atOnce])).toEqual([]);
});

test('a model joins what no cue word gives away, and what it gets wrong is left out', async () => {
  const told = [
    { text: 'The cabin boiler broke.', occurredAt: day(1) },
    { text: 'We sleep elsewhere, the cabin boiler is cold.', occurredAt: day(9) },
    { text: 'The cabin boiler was mended.', occurredAt: day(20) },
  ];
  const links = [
    { from: idOf(1), to: idOf(2), type: 'causes', why: 'no boiler, so they sleep elsewhere' },
    { from: idOf(1), to: idOf(3), type: 'continues', why: 'in the wrong order' },
    { from: idOf(3), to: idOf(99), type: 'continues', why: 'not shown' },
  ];
  const { tools, asked, notes } = scriptedTools(() => ({ links }));
  const snapshot = await snapshotOf(told);
  const actions = await associate.plan(snapshot, { budget }, tools);
  expect(asked.map(({ prompt }) => prompt)).toEqual(['associate']);
  expect(asked[0]?.values.memories).toContain('cabin boiler');
  const made = actions.filter(({ reason }) => reason.startsWith('The model reads'));
  expect(made).toMatchObject([
    { confidence: 0.7, link: [{ from: { id: idOf(1) }, type: 'causes', to: { id: idOf(2) } }] },
  ]);
  expect(made.every(isWellFormed)).toBe(true);
  expect(notes).toHaveLength(2);
  const refused = scriptedTools(() => 'nothing left to spend');
  expect(await associate.plan(snapshot, { budget }, refused.tools)).toEqual(
    await associate.plan(snapshot, { budget }, offlineTools()),
  );
  expect(refused.notes.join()).toContain('nothing left to spend');
});

test('a name in many memories links none of them', async () => {
  const did = ['called', 'wrote', 'laughed', 'ran', 'sang', 'left', 'cooked', 'slept'];
  const naming = did.map((verb, i) => ({
    text: `I think of Okonkwo, who ${verb}.`,
    occurredAt: day(1 + 7 * i),
  }));
  expect(await linksOf(naming)).toEqual([]);
});
