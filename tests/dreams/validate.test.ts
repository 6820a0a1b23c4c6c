/** What gives way to what: planted contradictions, and what must be left as it is. */
import { expect, test } from 'vitest';
import { validate as planted } from '../../bench/src/dreams/planted/validate.ts';
import type { MemoryId } from '../../packages/server/src/domain/memory.ts';
import { validate } from '../../packages/server/src/engine/dream/strategies/validate.ts';
import type { Generated } from '../../packages/server/src/engine/dream/strategy.ts';
import { applied } from './applied.ts';
import { ann, day, fact, planWith } from './plan-with.ts';
import { isWellFormed, planPlanted, scorePlanted } from './planted-score.ts';
import { answeringTools } from './scripted-generate.ts';
import { budget, idOf, offlineTools, type Planted } from './snapshot-of.ts';

const plan = planWith(validate);

/** "older>newer what", by their places. */
async function told(memories: readonly Planted[]): Promise<string[]> {
  const place = (id: MemoryId): number => Number(id.slice(-12));
  return (await plan(memories)).map(({ sources, supersede, update, link }) => {
    const what = [
      ...(supersede ?? []).map(({ by }) => `supersede by ${by === 'added' ? by : place(by.id)}`),
      ...(update ?? []).map(({ columns }) => Object.keys(columns).join()),
      ...(link ?? []).map(({ from, type, to }) => `${place(from.id)} ${type} ${place(to.id)}`),
    ];
    return `${sources.map(({ id }) => place(id)).join('>')} ${what.join(', ')}`;
  });
}

test('finds what is planted, and little else', async () => {
  const { precision, recall, memories } = await scorePlanted(validate, planted);
  expect(memories / 4).toBeGreaterThan(300);
  expect(precision).toBeGreaterThanOrEqual(0.95);
  expect(recall).toBeGreaterThanOrEqual(0.85);
});

test('says of each why, gives the same again, and after it nothing', async () => {
  const { actions, snapshot } = await planPlanted(validate, planted, 10);
  expect(actions.every(isWellFormed)).toBe(true);
  expect(await validate.plan(snapshot, { budget }, offlineTools())).toEqual(actions);
  const after = applied(snapshot, actions);
  expect(await validate.plan(after, { budget }, offlineTools())).toEqual([]);
});

test('facts give way, episodes and facts under a key get a link', async () => {
  const newer = ann('I moved to Oslo.', 9);
  const moved = fact('Ann lives in Oslo.', 9);
  expect(await told([fact('Ann lives in Bern.', 1), moved])).toEqual(['1>2 supersede by 2']);
  expect(await told([fact('Ann lives in Bern.', 1), newer])).toEqual(['1>2 validTo']);
  expect(await told([ann('I live in Bern.', 1), newer])).toEqual(['1>2 2 contradicts 1']);
  const keyed = fact('Ann lives in Bern.', 1, { key: 'ann.home' });
  expect(await told([keyed, moved])).toEqual(['1>2 2 contradicts 1']);
  const pinned = fact('Ann lives in Bern.', 1, { pinned: true });
  expect(await told([pinned, moved])).toEqual(['1>2 2 contradicts 1']);
  const more = fact('Ann lives in Bern. She has two cats, and a boat on the river Aare.', 1);
  expect(await told([more, moved])).toEqual(['1>2 2 contradicts 1']);
});

test('a fact under a key may be no sentence', async () => {
  const key = { key: 'user.phone_number' };
  expect(
    await told([fact('555 201 7744', 1, key), ann('My new number is 555 318 9021.', 5)]),
  ).toEqual(['1>2 2 contradicts 1']);
});

test('a change is surer than another value, hearsay changes nothing', async () => {
  const confidenceOf = async (text: string, speaker = 'Ann') => {
    const memories = [ann('I live in Bern.', 1), ann(text, 9, { speaker })];
    return (await plan(memories))[0]?.confidence;
  };
  expect(await confidenceOf('I moved to Oslo.')).toBe(0.95);
  expect(await confidenceOf('I live in Oslo.')).toBe(0.85);
  expect(await confidenceOf('Ann lives in Oslo.', 'Bob')).toBe(0.6);
  expect(await confidenceOf('I no longer live in Bern.')).toBe(0.95);
  const hearsay = [fact('Ann lives in Bern.', 1), ann('Ann lives in Oslo.', 9, { speaker: 'Bob' })];
  expect(await told(hearsay)).toEqual(['1>2 2 contradicts 1']);
  const atOnce = [fact('Ann lives in Bern.', 1), fact('Ann lives in Oslo.', 1)];
  expect(await told(atOnce)).toEqual(['1>2 2 contradicts 1']);
});

test('who comes back, and who grows older, is no contradiction of now', async () => {
  const back = [ann('I live in Bern.', 1), ann('I moved to Oslo.', 9), ann('I live in Bern.', 20)];
  expect(await told(back)).toEqual(['1>2 2 contradicts 1', '2>3 3 contradicts 2']);
  const rumour = ann('Ann lives in Oslo.', 9, { speaker: 'Bob' });
  expect(await told([ann('I live in Bern.', 1), rumour, ann('I live in Bern.', 20)])).toEqual([
    '2>3 3 contradicts 2',
  ]);
  expect(await told([ann("I'm 30 years old.", 1), ann("I'm 31 years old.", 200)])).toEqual([]);
  expect(await told([ann("I'm 30 years old.", 1), ann("I'm 38 years old.", 200)])).toHaveLength(1);
});

test('a move that is told later took place when it did', async () => {
  const memories = [ann('I live in Oslo.', 20), ann('I moved to Bern in 2019.', 30)];
  expect(await told(memories)).toEqual(['2>1 1 contradicts 2']);
});

test('one likes many things, and one thing no more', async () => {
  expect(await told([ann('I love coffee.', 1), ann('I love tea.', 2)])).toEqual([]);
  expect(await told([ann('I love coffee.', 1), ann("I don't like coffee anymore.", 9)])).toEqual([
    '1>2 2 contradicts 1',
  ]);
  const echo = ann("I don't like coffee anymore.", 9, { isEcho: true });
  expect(await told([ann('I love coffee.', 1), echo])).toEqual([]);
});

test('the user is the one who speaks', async () => {
  expect(await told([fact('The user lives in Bern.', 1), ann('I moved to Oslo.', 9)])).toHaveLength(
    1,
  );
  const two = [fact('The user lives in Bern.', 1), ann('I moved to Oslo.', 9)];
  expect(await told([...two, ann('Hm.', 10, { speaker: 'Bob' })])).toEqual([]);
});

test('languages are not mixed', async () => {
  expect(await told([ann('I live in Munich.', 1), ann('Ich wohne in München.', 9)])).toEqual([]);
  const german = [ann('Ich wohne in Köln.', 1), ann('Ich bin nach Wien gezogen.', 9)];
  expect(await told(german)).toEqual(['1>2 2 contradicts 1']);
});

test('what has run out is said to have', async () => {
  const [trip] = await plan([ann("I'm in Rome until Friday.", 6)]);
  expect(trip?.update?.[0]?.columns).toEqual({ validTo: day(10) });
  const past = fact('The pass is valid.', 1, { validTo: day(20), importance: 0.9 });
  expect(await told([past])).toEqual(['1 importance']);
  expect(
    await told([
      { ...past, validTo: Date.UTC(2030, 0) },
      { ...past, pinned: true },
    ]),
  ).toEqual([]);
  expect(await told([ann('I waited until Friday.', 6), ann('Open until 8 pm.', 6)])).toEqual([]);
});

test('what has lost its sources is believed less', async () => {
  const derived = (lost: number): Planted =>
    fact('A summary.', 30, {
      ...{ kind: 'derived', type: 'summary', confidence: 1 },
      derivedFrom: [idOf(1), ...(lost > 0 ? [idOf(900)] : [])],
    });
  const [action] = await plan([ann('Hello.', 1), derived(1)]);
  expect(action?.update?.[0]?.columns).toEqual({ confidence: 0.5 });
  expect(await plan([ann('Hello.', 1), derived(0)])).toEqual([]);
  const notes: string[] = [];
  const links = [{ type: 'about', id: idOf(900) }];
  expect(await plan([ann('Hello.', 1, { links })], offlineTools(notes))).toEqual([]);
  expect(notes).toEqual(['1 links lead to memories that are gone; answers leave them out.']);
});

/** A model that says this, whatever it is asked. */
const near = [
  fact('The standing desk in the upper office wobbles badly.', 1),
  fact('The standing desk in the upper office is steady since the repair.', 9),
];
const found = (older: number, newer: number, certain = true): Generated<unknown> => ({
  ok: true,
  value: { contradictions: [{ older: idOf(older), newer: idOf(newer), about: 'desk', certain }] },
});

test('a model finds what no form of words gives away', async () => {
  expect(await plan(near)).toEqual([]);
  const [certain] = await plan(near, answeringTools([found(1, 2)]));
  expect(certain).toMatchObject({ confidence: 0.8, supersede: [{ memory: { id: idOf(1) } }] });
  const [unsure] = await plan(near, answeringTools([found(1, 2, false)]));
  expect(unsure).toMatchObject({ confidence: 0.6, link: [{ type: 'contradicts' }] });
});

test('what a model gets wrong is left out and said', async () => {
  for (const answer of [found(1, 99), found(2, 1), found(1, 1)]) {
    const notes: string[] = [];
    expect(await plan(near, answeringTools([answer], notes))).toEqual([]);
    expect(notes).toHaveLength(1);
  }
  const notes: string[] = [];
  const offline = [fact('Ann lives in Bern.', 1), fact('Ann lives in Oslo.', 9)];
  const without = await plan(offline);
  expect(await plan(offline, answeringTools([{ ok: false, reason: 'budget' }], notes))).toEqual(
    without,
  );
});

test('what is said to have changed, whatever it is about', async () => {
  const said = (older: string, newer: string) => told([ann(older, 1), ann(newer, 20)]);
  const ended = ['1>2 2 contradicts 1'];
  expect(await said('Our database is MySQL.', 'We migrated the database to Postgres.')).toEqual(
    ended,
  );
  expect(await said('I drive a Skoda.', 'I finally sold the Skoda.')).toEqual(ended);
  expect(await said('I teach at the evening school.', "I don't teach there anymore.")).toEqual([]);
  expect(await said('I teach pottery.', "I don't teach pottery anymore.")).toEqual(ended);
  expect(await said('The standup is at 9:30.', 'The standup was moved to 10:00.')).toEqual(ended);
  expect(await said('I have two goats.', 'I have three goats now.')).toEqual(ended);
  expect(await said('Vivo en Sevilla.', 'Ahora vivo en Bilbao.')).toEqual(ended);
  expect(await said('I like pizza.', "I don't like it anymore.")).toEqual([]);
  expect(await said('My car is at the garage.', 'My car is dirty now.')).toEqual([]);
  expect(await said('I have a house.', 'I left the house now.')).toEqual([]);
  expect(await said('I speak German.', 'I speak Dutch now.')).toEqual([]);
});
