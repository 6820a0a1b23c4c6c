/** `compress`: what it sums up, what it leaves alone, and what a language model may say. */
import { expect, test } from 'vitest';
import { compress as planted } from '../../bench/src/dreams/planted/compress.ts';
import type { MemoryRef, PlannedAction } from '../../packages/server/src/domain/dream.ts';
import { compress } from '../../packages/server/src/engine/dream/strategies/compress.ts';
import type { DreamSnapshot } from '../../packages/server/src/engine/dream/strategy.ts';
import { allSignals } from '../../packages/server/src/engine/recall/query.ts';
import { scope } from '../full-scope.ts';
import { ann, openDreams } from './open-dreams.ts';
import { isWellFormed, planPlanted, scorePlanted, unseenSeeds } from './planted-score.ts';
import { scriptedTools } from './scripted-generate.ts';
import { budget, offlineTools, type Planted, snapshotOf } from './snapshot-of.ts';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 1);

/** A talk long ago; `more` is set on each turn. */
function talk(more: Partial<Planted> = {}): Planted[] {
  const said = [
    ['Ann', 'We moved the piano to Lisbon yesterday, it took nine hours.'],
    ['Ben', 'Oh wow! Who helped you with the piano?'],
    ['Ann', 'My cousin Odile and a van from Kowalski Transport for 480 euros.'],
    ['Ben', 'Thanks for telling me, that sounds great, have fun!'],
    ['Ann', 'I will play the Goldberg Variations at the housewarming next month.'],
    ['Ben', 'I would love to hear you play at the housewarming party in your new home.'],
  ];
  const at = Date.UTC(2026, 4, 8, 12);
  return said.map(([speaker = '', text = ''], i) => ({
    ...{ text, speaker, key: 'ann-ben', occurredAt: at + i * 60_000 },
    ...more,
  }));
}

async function plan(
  memories: readonly Planted[],
  options: { readonly before?: number } = { before: now },
  tools = offlineTools(),
): Promise<PlannedAction[]> {
  return compress.plan(await snapshotOf(memories, now), { budget, ...options }, tools);
}

/** What else a namespace holds: it tells which words are rare. */
const others = Array.from(
  { length: 200 },
  (_, i): Planted => ({
    text: `Note ${i} of the wow oh thanks great fun kind.`,
    kind: 'fact',
  }),
);

test('a summary says who, when and what, and all of its sources stay behind it', async () => {
  const [action, ...more] = await plan([...talk(), ...others]);
  expect(more).toEqual([]);
  expect(action && isWellFormed(action)).toBe(true);
  expect(action?.archive).toEqual(action?.sources);
  expect(action?.sources).toHaveLength(6);
  const value = action?.add?.value ?? '';
  expect(value).toMatch(/^8 May 2026\n/u);
  for (const word of ['Ann: ', 'piano', 'Lisbon', 'Odile', '7 May']) expect(value).toContain(word);
  expect(value).not.toMatch(/yesterday|Thanks/u);
  const { turns, from, tokens_before: before, tokens_after: after } = action?.add?.metadata ?? {};
  const { words_kept: kept } = action?.add?.metadata ?? {};
  expect(kept).toBeGreaterThan(0.2);
  expect(kept).toBeLessThanOrEqual(1);
  expect(action?.reason).toContain(`${Math.round(Number(kept) * 100)} % of what their words tell`);
  expect({ turns, from }).toEqual({ turns: 6, from: '2026-05-08T12:00:00.000Z' });
  expect(Number(after)).toBeLessThan(0.5 * Number(before));
});

test.each<[string, Partial<Planted>]>([
  ['pinned', { pinned: true }],
  ['important', { importance: 0.8 }],
  ['a fact', { kind: 'fact' }],
  ['JSON', { text: '{"a":[1,2,3]}' }],
  ['a document', { text: 'The contract says that rent is due. '.repeat(60), tokens: 500 }],
])('what is %s stays', async (_, more) => {
  expect(await plan(talk(more))).toEqual([]);
});

test('what is recent stays: by `before`, by the newest 200, and by the last week', async () => {
  expect(await plan(talk(), { before: Date.UTC(2026, 4, 1) })).toEqual([]);
  expect(await plan(talk(), {})).toEqual([]);
  expect(await plan([...talk(), ...others], {})).toHaveLength(1);
  const recent = talk({ occurredAt: now - 6 * dayMs });
  const even = others.map((one) => ({ ...one, occurredAt: now - dayMs }));
  expect(await plan([...recent, ...even], {})).toEqual([]);
});

test('a night parts a talk, and what repeats a recall lends no words', async () => {
  const second = talk().map((turn) => ({ ...turn, occurredAt: (turn.occurredAt ?? 0) + dayMs }));
  expect(await plan([...talk(), ...second])).toHaveLength(2);
  const turns = talk();
  const echo = { ...turns[2], text: 'Odile is a zookeeper with a zeppelin.', isEcho: true };
  const [action] = await plan([...turns, { ...echo, occurredAt: turns[5]?.occurredAt ?? 0 }]);
  expect(action?.sources).toHaveLength(7);
  expect(action?.add?.value).not.toContain('zeppelin');
});

test('tags and what the metadata have alike are kept', async () => {
  const turns = talk().map((turn, i) => ({
    ...turn,
    tags: [`t${i % 2}`],
    metadata: { app: 'x', i },
  }));
  const [action] = await plan(turns);
  expect(action?.add?.tags).toEqual(['t0', 't1']);
  expect(action?.add?.metadata).toMatchObject({ app: 'x', turns: 6 });
  expect(action?.add?.metadata).not.toHaveProperty('i');
});

test('other scripts are summed up too', async () => {
  const said = [
    '昨天我和李明在北京买了一架钢琴，花了四千八百元。',
    '真的吗？你们怎么把钢琴搬回家的？',
    '我的表哥王强用他的卡车帮我们运到上海。',
    '下个月我要在家里的聚会上弹哥德堡变奏曲。',
  ];
  const at = Date.UTC(2026, 4, 8, 12);
  // A token a character, as models count them about.
  const turns = said.map((text, i) => ({
    ...{ text, key: 'zh', occurredAt: at + i * 60_000, tokens: text.length },
  }));
  const tools = { ...offlineTools(), countTokens: (text: string) => text.length };
  const [action] = await plan(turns, { before: now }, tools);
  expect(action?.sources).toHaveLength(4);
  expect(action?.add?.value).toContain('上海');
  expect(action?.add?.value.length).toBeLessThan(0.7 * said.join('').length);
});

test('planted topics: summaries are of one topic, and every topic has one', async () => {
  const { precision, recall, memories } = await scorePlanted(compress, planted);
  let [named, kept] = [0, 0];
  for (const seed of unseenSeeds) {
    const { made, actions } = await planPlanted(compress, planted, seed);
    const count = planted.make(seed).kept(actions);
    expect(made.memories.length).toBeGreaterThan(300);
    expect(actions.every(isWellFormed)).toBe(true);
    named += count.named;
    kept += count.kept;
  }
  expect(memories).toBeGreaterThan(1_600);
  // Measured: 0.86, 0.76 and 0.73. Cut by size alone, precision is 0.25 and recall 0.18.
  expect(precision).toBeGreaterThan(0.8);
  expect(recall).toBeGreaterThan(0.7);
  expect(kept / named).toBeGreaterThan(0.65);
});

test('a second dream on what is left proposes nothing, and the same plan comes twice', async () => {
  const { snapshot, actions } = await planPlanted(compress, planted, 10);
  const again = await compress.plan(snapshot, { budget }, offlineTools());
  expect(again).toEqual(actions);
  const gone = new Set(actions.flatMap(({ sources }) => sources.map(({ id }: MemoryRef) => id)));
  expect(gone.size).toBe(actions.reduce((sum, { sources }) => sum + sources.length, 0));
  const left: DreamSnapshot = {
    ...snapshot,
    memories: snapshot.memories.filter(({ id }) => !gone.has(id)),
  };
  expect(await compress.plan(left, { budget }, offlineTools())).toEqual([]);
});

test('applied it is found in place of its turns, and undone nothing has changed', async () => {
  const bench = await openDreams([compress]);
  try {
    for (const { text, speaker = '', key = '', occurredAt = 0 } of talk()) {
      await bench.put({ value: text, speaker, key, mode: 'append', occurredAt });
    }
    const before = await bench.canonical();
    const { id } = await bench.dream({ before: now });
    expect(await bench.engine.dreams.apply(scope, id)).toMatchObject({ applied: 1, dropped: 0 });
    const found = await bench.engine.recall(scope, {
      ...{ query: 'Where is the piano now, in Lisbon?', namespace: ann, limit: 10 },
      ...{ threshold: 0, filter: {}, signals: allSignals },
    });
    expect(found.results.map(({ memory }) => memory.kind)).toEqual(['derived']);
    expect(found.results[0]?.memory.body.derivedFrom).toHaveLength(6);
    await bench.engine.dreams.undo(scope, id, false);
    expect(await bench.canonical()).toBe(before);
  } finally {
    await bench.close();
  }
});

const good = {
  summary: 'On 7 May 2026 Ann moved her piano to Lisbon with Odile for 480 euros.',
  kept: ['m1', 'm3'],
};

test('the words of a language model are used where they can be checked', async () => {
  const { tools, asked, notes } = scriptedTools(() => good);
  const [action] = await plan(talk(), { before: now }, tools);
  expect(action?.add?.value).toBe(`8 May 2026\n${good.summary}`);
  expect(notes).toEqual([]);
  expect(asked[0]?.prompt).toBe('compress');
  expect(asked[0]?.values.memories).toContain(
    '<memories>\n<memory id="m1" date="2026-05-08" speaker="Ann">We moved',
  );
  expect(Number(asked[0]?.values.words_max)).toBeGreaterThan(20);
});

test.each<[string, unknown]>([
  ['a memory that was not shown', { ...good, kept: ['m1', 'm9'] }],
  ['a number that nobody said', { ...good, summary: 'Ann moved her piano for 4800 euros.' }],
  ['more words than were said', { ...good, summary: 'Ann moved her piano. '.repeat(40) }],
  ['no usable form', { kept: [] }],
  ['refused', 'The model refused to answer.'],
])('%s: the extract is used, and a note says so', async (_, answer) => {
  const { tools, notes } = scriptedTools(() => answer);
  expect(await plan(talk(), { before: now }, tools)).toEqual(await plan(talk()));
  expect(notes).toHaveLength(1);
});

test('a model that does not answer is not asked for ever', async () => {
  const many = Array.from({ length: 8 }, (_, i) =>
    talk().map((turn) => ({ ...turn, occurredAt: (turn.occurredAt ?? 0) + i * dayMs })),
  ).flat();
  const { tools, asked } = scriptedTools(() => 'The budget is spent.');
  expect(await plan(many, { before: now }, tools)).toHaveLength(8);
  expect(asked).toHaveLength(3);
});
