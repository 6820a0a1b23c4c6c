/** What becomes one fact: planted repetitions and overlaps, and what must stay as it is. */
import { expect, test } from 'vitest';
import { synthesize as planted } from '../../bench/src/dreams/planted/synthesize.ts';
import type { PlannedAction } from '../../packages/server/src/domain/dream.ts';
import { synthesize } from '../../packages/server/src/engine/dream/strategies/synthesize.ts';
import type { Generated } from '../../packages/server/src/engine/dream/strategy.ts';
import { applied } from './applied.ts';
import { ann, day, fact, planWith } from './plan-with.ts';
import { isWellFormed, planPlanted, scorePlanted } from './planted-score.ts';
import { answeringTools } from './scripted-generate.ts';
import { budget, idOf, offlineTools, snapshotOf } from './snapshot-of.ts';

const options = { budget };

const plan = planWith(synthesize);

const textsOf = (actions: readonly PlannedAction[]) => actions.map(({ add }) => add?.value);
const archivedOf = (actions: readonly PlannedAction[]) =>
  actions.flatMap(({ archive = [] }) => archive.map(({ id }) => Number(id.slice(-12))));

test('finds what is planted, and little else', async () => {
  const { precision, recall, memories } = await scorePlanted(synthesize, planted);
  expect(memories / 4).toBeGreaterThan(300);
  expect(precision).toBeGreaterThanOrEqual(0.95);
  expect(recall).toBeGreaterThanOrEqual(0.85);
});

test('says of each why, gives the same again, and after it nothing', async () => {
  const { actions, snapshot } = await planPlanted(synthesize, planted, 10);
  expect(actions.every(isWellFormed)).toBe(true);
  const subjects = actions.map(({ add }) => add?.subject);
  expect(new Set(subjects).size).toBe(subjects.length);
  expect(await synthesize.plan(snapshot, options, offlineTools())).toEqual(actions);
  const after = applied(snapshot, actions);
  expect(await synthesize.plan(after, options, offlineTools())).toEqual([]);
});

test('what was stated on two days becomes one fact with the richest value', async () => {
  const memories = [
    ann('I live in Bern.', 1),
    ann("I'm based in Bern, Switzerland.", 9, { tags: ['home'] }),
    ann('Ann lives in Bern.', 20, { speaker: 'Bob', importance: 0.7 }),
  ];
  const [action, ...others] = await plan(memories);
  expect(others).toEqual([]);
  expect(action?.sources).toHaveLength(3);
  expect(action?.archive).toBeUndefined();
  expect(action?.add).toEqual({
    value:
      'Ann lives in Bern, Switzerland. Said 3 times, 2026-01-01 to 2026-01-20, by Ann and Bob.',
    type: 'fact',
    subject: 'ann, home',
    tags: ['home'],
    metadata: { about: 'ann, home', times: 3, value: 'bern switzerland' },
    occurredAt: day(20),
    importance: 0.7,
  });
});

test('once in a talk, an echo, a denial or a fact that says it needs no other', async () => {
  const lives = ann('I live in Bern.', 1);
  expect(await plan([lives, ann('I live in Bern, yes.', 1)])).toEqual([]);
  expect(await plan([lives, ann('I live in Bern.', 9, { isEcho: true })])).toEqual([]);
  expect(await plan([lives, ann('I no longer live in Bern.', 9)])).toEqual([]);
  expect(await plan([lives, ann('I live in Oslo.', 9)])).toEqual([]);
  const twice = [lives, ann('We live in Bern, in a flat.', 9)];
  expect(await plan(twice)).toHaveLength(1);
  expect(await plan([...twice, fact('Ann lives in Bern.', 3)])).toEqual([]);
  expect(archivedOf(await plan([...twice, ann('I live in Bern, Switzerland.', 20)]))).toEqual([]);
  const poor = fact('Ann lives in Bern.', 3);
  expect(archivedOf(await plan([ann('I live in Bern, Switzerland.', 9), poor]))).toEqual([2]);
});

test('no password is written down once more', async () => {
  const said = 'The wifi password is hunter-22.';
  expect(await plan([ann(said, 1), ann(said, 9)])).toEqual([]);
});

test('said again later, it replaces what the last dream made', async () => {
  const first = await snapshotOf([ann('I live in Bern.', 1), ann('I live in Bern.', 9)]);
  const once = applied(first, await synthesize.plan(first, options, offlineTools()));
  const third = await snapshotOf([ann('Hm.', 1), ann('Hm.', 2), ann('I live in Bern.', 20)]);
  const now = { ...once, memories: [...once.memories, ...third.memories.slice(2)] };
  const again = await synthesize.plan(now, options, offlineTools());
  expect(again.map(({ add }) => [add?.subject, add?.metadata?.times])).toEqual([['ann, home', 3]]);
  const moved = await snapshotOf([
    ...[ann('Hm.', 1), ann('Hm.', 2)],
    ...[ann('I moved to Oslo.', 30), ann('I live in Oslo.', 40)],
  ]);
  const then = { ...once, memories: [...once.memories, ...moved.memories.slice(2)] };
  const [oslo] = await synthesize.plan(then, options, offlineTools());
  expect(oslo?.add?.value).toContain('Ann lives in Oslo. Said 2 times');
});

const bramble = [
  fact('Ann has a dog called Bramble.', 1),
  fact("Ann's dog Bramble is a beagle.", 9),
];

test('facts that overlap become one; facts under a key stay', async () => {
  const actions = await plan(bramble);
  expect(textsOf(actions)).toEqual([
    "Ann's dog Bramble is a beagle. Ann has a dog called Bramble.",
  ]);
  expect(actions[0]?.reason).toContain('overlap in "Ann, dog, Bramble"');
  expect(archivedOf(actions)).toEqual([1, 2]);
  const keyed = bramble.map((memory, i) => (i === 0 ? { ...memory, key: 'ann.dog' } : memory));
  expect(archivedOf(await plan(keyed))).toEqual([2]);
  const pinned = bramble.map((memory) => ({ ...memory, pinned: true }));
  expect(archivedOf(await plan(pinned))).toEqual([]);
});

test('a fact that comes later is merged into what was made', async () => {
  const first = await snapshotOf(bramble);
  const once = applied(first, await synthesize.plan(first, options, offlineTools()));
  expect(once.memories).toEqual([]);
  const [, , later] = (
    await snapshotOf([...bramble, fact('The dog Bramble of Ann bites postmen.', 30)])
  ).memories;
  const now = { ...once, memories: later ? [later] : [] };
  const [action] = await synthesize.plan(now, options, offlineTools());
  expect(action?.add?.subject).toBe(once.derived[0]?.metadata.subject);
  expect(action?.add?.value).toContain('beagle');
  expect(action?.add?.value).toContain('postmen');
  expect(action?.archive).toEqual([{ id: later?.id, version: 1 }]);
});

test('what was said of oneself, and of a day, can be read alone', async () => {
  const own = ann('I bought the wooden dinghy Petrel yesterday.', 5, { kind: 'fact' });
  const other = ann('The wooden dinghy Petrel needs a new mast.', 9, { kind: 'fact' });
  const [text] = textsOf(await plan([own, other]));
  expect(text).toContain('Ann said on 2026-01-05: "I bought the wooden dinghy Petrel yesterday."');
});

test('two events are two, and talk is no fact whatever it was stored as', async () => {
  const pairs = [
    ['Ann won first place in the drawing contest.', 'Ann won a book in the drawing contest.'],
    ['Wow, that drawing contest in May is great!', 'The drawing contest in May is long, thanks!'],
    ['which drawing contest in May is best', 'what is the drawing contest in May about'],
    ['Your drawing contest in May is fun.', 'Your drawing contest in May draws many.'],
    ['Bart参加了学校的美术比赛，没有得奖。', 'Bart参加了学校的美术比赛，取得了好名次。'],
  ];
  for (const texts of pairs) expect(await plan(texts.map((text) => fact(text, 1)))).toEqual([]);
});

test('other people, numbers, denials and times are other things', async () => {
  const [first] = bramble;
  const apart = [
    "Bob's dog Bramble is a beagle.",
    "Ann's dog Bramble is not a beagle.",
    "Ann's dog Bramble is 7 and chipped as 4711.",
  ];
  for (const text of apart.slice(0, 2)) {
    expect(await plan([fact("Ann's dog Bramble sleeps a lot.", 1), fact(text, 9)])).toEqual([]);
  }
  const seven = fact("Ann's dog Bramble is 8 and barks.", 9);
  expect(await plan([fact(apart[2] ?? '', 1), seven])).toEqual([]);
  const ended = fact("Ann's dog Bramble is a beagle.", 9, { validTo: day(12) });
  expect(first && (await plan([first, ended]))).toEqual([]);
});

test('nearly the same words on another day are said again', async () => {
  const memories = [
    ann('My neighbour practises the trumpet after midnight.', 1),
    ann('My neighbour practises the trumpet right after midnight.', 9),
  ];
  expect(textsOf(await plan(memories))).toEqual([
    'Ann said 2 times, 2026-01-01 to 2026-01-09: ' +
      '"My neighbour practises the trumpet right after midnight."',
  ]);
  const thanks = 'Thank you so much for your help with my forms today!';
  expect(await plan([ann(thanks, 1), ann(thanks, 9)])).toEqual([]);
  const asked = 'Does my neighbour practise the trumpet after midnight?';
  expect(await plan([ann(asked, 1), ann(asked, 9)])).toEqual([]);
});

test('a text in any language is no stumbling block', async () => {
  const texts = ['我住在北京。', 'أعيش في القاهرة.', 'Я живу в Москве.', '🙂', ''];
  const memories = texts.flatMap((text) => [fact(text, 1), ann(text, 9), ann(text, 20)]);
  expect((await plan(memories)).every(isWellFormed)).toBe(true);
});

const written = (text: string, ...kept: number[]): Generated<unknown> => ({
  ok: true,
  value: { fact: text, kept: kept.map(idOf) },
});

test('a model writes it better', async () => {
  const better = written('Ann has a beagle called Bramble.', 1, 2);
  const actions = await plan(bramble, answeringTools([better]));
  expect(textsOf(actions)).toEqual(['Ann has a beagle called Bramble.']);
  expect(archivedOf(actions)).toEqual([1, 2]);
});

test('what a model invents or loses leaves the extract', async () => {
  const offline = await plan(bramble);
  const wrong = [
    written('Ann has a beagle called Bramble, born in 2019.', 1, 2),
    written('Ann has, with Tom, a beagle called Bramble.', 1, 2),
    written('Ann has a beagle called Bramble.', 1, 99),
    written('Ann has a beagle called Bramble.', 1),
  ];
  for (const answer of wrong) {
    const notes: string[] = [];
    expect(await plan(bramble, answeringTools([answer], notes))).toEqual(offline);
    expect(notes).toHaveLength(1);
  }
  const notes: string[] = [];
  expect(await plan(bramble, answeringTools([], notes))).toEqual(offline);
  expect(notes).toEqual(['From here on facts are written without the model: budget.']);
  const lost = await plan(bramble, answeringTools([written('Ann has a beagle.', 1, 2)]));
  expect(archivedOf(lost)).toEqual([]);
});
