/** Newer versions of facts, and how sure they are: planted, and one rule after the other. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evolve as planted } from '../../bench/src/dreams/planted/evolve.ts';
import { weigh } from '../../packages/server/src/engine/dream/strategies/evolve/weigh-facts.ts';
import { evolve } from '../../packages/server/src/engine/dream/strategies/evolve.ts';
import type { DreamTools, Generated } from '../../packages/server/src/engine/dream/strategy.ts';
import { applied } from './applied.ts';
import { ann, day, fact, planWith } from './plan-with.ts';
import { isWellFormed, planPlanted, scorePlanted } from './planted-score.ts';
import { answeringTools } from './scripted-generate.ts';
import { budget, idOf, offlineTools, type Planted } from './snapshot-of.ts';

const options = { budget };

const plan = planWith(evolve);

/** "1>2" for a fact that gives way, "1=0.5" for one that gets another confidence. */
async function told(memories: readonly Planted[], tools?: DreamTools): Promise<string[]> {
  const place = (id: string): number => Number(id.slice(-12));
  return (await plan(memories, tools)).flatMap(({ supersede = [], update = [] }) => [
    ...supersede.map(
      ({ memory, by }) => `${place(memory.id)}>${by === 'added' ? by : place(by.id)}`,
    ),
    ...update.map(({ memory, columns }) => `${place(memory.id)}=${columns.confidence}`),
  ]);
}

test('finds what is planted, and little else', async () => {
  const { precision, recall, memories } = await scorePlanted(evolve, planted);
  expect(memories / 4).toBeGreaterThan(300);
  expect(precision).toBeGreaterThanOrEqual(0.95);
  expect(recall).toBeGreaterThanOrEqual(0.85);
});

test.each([10, 11, 12, 13])('says why, the same again, and after it nothing: %d', async (seed) => {
  const { actions, snapshot } = await planPlanted(evolve, planted, seed);
  expect(actions.every(isWellFormed)).toBe(true);
  expect(await evolve.plan(snapshot, options, offlineTools())).toEqual(actions);
  const after = applied(snapshot, actions);
  expect(await evolve.plan(after, options, offlineTools())).toEqual([]);
});

test('confidence stays in its bounds and goes where the evidence points', () => {
  const counts = fc.record({
    voices: fc.nat(1_000),
    denials: fc.nat(1_000),
    isSilent: fc.boolean(),
  });
  fc.assert(
    fc.property(counts, (evidence) => {
      const weight = weigh(evidence);
      if (weight === undefined) return;
      expect(weight.confidence).toBeGreaterThanOrEqual(0.05);
      expect(weight.confidence).toBeLessThanOrEqual(0.98);
      const more = weigh({ ...evidence, voices: evidence.voices + 1 });
      if (more) expect(more.confidence).toBeGreaterThanOrEqual(weight.confidence);
      const less = weigh({ ...evidence, denials: evidence.denials + 1 });
      if (less) expect(less.confidence).toBeLessThanOrEqual(weight.confidence);
    }),
  );
  expect(weigh({ voices: 0, denials: 0, isSilent: false })).toBeUndefined();
  expect(weigh({ voices: 1, denials: 0, isSilent: false })?.confidence).toBe(0.87);
  expect(weigh({ voices: 3, denials: 0, isSilent: false })?.confidence).toBe(0.92);
  expect(weigh({ voices: 0, denials: 1, isSilent: false })?.confidence).toBe(0.5);
  expect(weigh({ voices: 0, denials: 0, isSilent: true })?.confidence).toBe(0.71);
});

test('a newer fact that says all of it replaces one without a key', async () => {
  const lives = fact('Ann lives in Bern.', 1);
  expect(await told([lives, fact('Ann resides in Bern.', 9)])).toEqual(['1>2']);
  expect(await told([lives, fact('Ann lives in Bern, Switzerland.', 9)])).toEqual(['1>2']);
  expect(await told([fact('Ann lives in Bern, Switzerland.', 1), fact('Ann lives in Bern.', 9)]))
    // The older one says more.
    .toEqual([]);
  expect(await told([fact('Ann lives in Bern with two cats.', 1), fact('Ann resides in Bern.', 9)]))
    // The cats would be lost.
    .toEqual([]);
  expect(await told([{ ...lives, key: 'ann.home' }, fact('Ann resides in Bern.', 9)])).toEqual([]);
  expect(await told([{ ...lives, pinned: true }, fact('Ann resides in Bern.', 9)])).toEqual([]);
  expect(await told([lives, ann('I live in Bern.', 9)])).toEqual([]);
  expect(await told([lives, fact('Ann resides in Bern.', 9, { isEcho: true })])).toEqual([]);
});

test('who grows older has a newer age', async () => {
  const younger = fact('Ann is 30 years old.', 1);
  expect(await told([younger, fact('Ann is 31 years old.', 200)])).toEqual(['1>2']);
});

test('words in their order hold a fact, unless others take it back', async () => {
  const dry = fact('The cellar is dry.', 1);
  expect(await told([dry, fact('The cellar is dry and cool.', 9)])).toEqual(['1>2']);
  // Another cellar, or another part of it.
  expect(await told([dry, fact('The old cellar is dry and cool.', 9)])).toEqual([]);
  expect(await told([dry, fact('The cellar door is dry.', 9)])).toEqual([]);
  for (const text of ['The cellar is dry only in May.', 'The cellar is never dry.']) {
    expect(await told([dry, fact(text, 9)])).toEqual([]);
  }
  const boat = fact('Leo has a boat.', 1);
  expect(await told([boat, fact('Leo Vey has a boat.', 9)])).toEqual([]);
  expect(await told([fact('Bob owes Ann money.', 1), fact('Ann owes Bob money.', 9)])).toEqual([]);
});

test('said again by others, or on another day, an unsure fact is surer', async () => {
  const unsure = fact('Ann lives in Bern.', 1, { confidence: 0.6 });
  expect(await told([unsure, ann('I live in Bern.', 9)])).toEqual(['1=0.87']);
  expect(await told([unsure, ann('I live in Bern.', 9), ann('I live in Bern.', 9)])).toEqual([
    '1=0.87',
  ]);
  expect(await told([unsure, ann('I live in Bern.', 9, { isEcho: true })])).toEqual([]);
  expect(await told([{ ...unsure, confidence: 0.9 }, ann('I live in Bern.', 9)])).toEqual([]);
  const dry = fact('The old cellar of the mill is always dry.', 1, { confidence: 0.5 });
  expect(await told([dry, { ...dry, kind: 'episode', occurredAt: day(9), confidence: 1 }])).toEqual(
    ['1=0.87'],
  );
});

test('contradicted, it is less sure, whoever has found the contradiction', async () => {
  const lives = fact('Ann lives in Bern.', 1);
  expect(await told([lives, ann('I moved to Oslo.', 9)])).toEqual(['1=0.5']);
  expect(await told([{ ...lives, confidence: 0.4 }, ann('I moved to Oslo.', 9)])).toEqual([]);
  const links = [{ type: 'contradicts', id: idOf(1) }];
  expect(await told([fact('The cellar is dry.', 1), ann('It drips.', 9, { links })])).toEqual([
    '1=0.5',
  ]);
});

test('old and never recalled is less sure, where recalls are counted', async () => {
  const old = fact('The cellar is dry.', -300);
  const recalled = (text: string): DreamTools => ({
    ...offlineTools(),
    recallsOf: (memory) => (memory.text === text ? 1 : 0),
  });
  const memories = [old, ann('Hello there.', 9)];
  expect(await told(memories)).toEqual([]);
  expect(await told(memories, recalled('Hello there.'))).toEqual(['1=0.71']);
  expect(await told(memories, recalled('The cellar is dry.'))).toEqual([]);
});

test('Maria is not Mario, and what two say of themselves is not the same', async () => {
  const unsure = { confidence: 0.5 };
  const first = fact('The best friend of Marias aunt keeps bees.', 1, unsure);
  expect(await told([first, fact('The best friend of Maria aunt keeps bees.', 9, unsure)])).toEqual(
    [],
  );
  const own = ann('I keep bees behind the orchard wall.', 1, { kind: 'fact', ...unsure });
  expect(
    await told([own, { ...own, kind: 'episode', speaker: 'Bob', occurredAt: day(9) }]),
  ).toEqual([]);
});

const reworded = [
  fact('Greta teaches pottery in the old mill.', 1),
  fact('The pottery teacher in the old mill is Greta, on Mondays.', 9),
];
const version = (older: number, newer: number): Generated<unknown> => ({
  ok: true,
  value: { versions: [{ older: idOf(older), newer: idOf(newer) }] },
});

test('a model knows a fact again in other words', async () => {
  expect(await told(reworded)).toEqual([]);
  expect(await told(reworded, answeringTools([version(1, 2)]))).toEqual(['1>2']);
});

test('what a model gets wrong is left out and said', async () => {
  for (const answer of [version(2, 1), version(1, 99), version(1, 1)]) {
    const notes: string[] = [];
    expect(await told(reworded, answeringTools([answer], notes))).toEqual([]);
    expect(notes).toEqual([
      'The model named a newer version that was not shown, or that says less.',
    ]);
  }
  const notes: string[] = [];
  expect(await told(reworded, answeringTools([], notes))).toEqual([]);
  expect(notes).toEqual(['Newer versions were looked for without the model: budget.']);
});
