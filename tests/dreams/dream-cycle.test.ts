/** A dream from its start to its undo, with strategies that propose one thing each. */
import { afterEach, expect, test, vi } from 'vitest';
import type { PlannedAction } from '../../packages/server/src/domain/dream.ts';
import type { DreamEvent } from '../../packages/server/src/domain/events.ts';
import type { MemoryId } from '../../packages/server/src/domain/memory.ts';
import type { Followers } from '../../packages/server/src/engine/deps.ts';
import { keepNews, tellNews } from '../../packages/server/src/engine/dream/dream-news.ts';
import { openDream } from '../../packages/server/src/engine/dream/open-dream.ts';
import type {
  DreamMemory,
  DreamSnapshot,
  Strategy,
} from '../../packages/server/src/engine/dream/strategy.ts';
import { allSignals } from '../../packages/server/src/engine/recall/query.ts';
import { scope } from '../full-scope.ts';
import { ann, type DreamBench, openDreams, ref, scripted } from './open-dreams.ts';

let bench: DreamBench | undefined;
afterEach(async () => bench?.close());

async function open(...strategies: Strategy[]): Promise<DreamBench> {
  bench = await openDreams(strategies);
  return bench;
}

const about = ({ memories }: DreamSnapshot, word: string): DreamMemory[] =>
  memories.filter(({ text }) => text.includes(word));
const episode = (value: string) => ({ value, key: 'talk', kind: 'episode' as const });

/** Sums up what is said of the sea, and archives it. */
const compress = scripted('compress', async (snapshot) => {
  const sources = about(snapshot, 'sea').map(ref);
  if (sources.length < 2) return [];
  const value = `A summary of ${sources.length} turns about the coast.`;
  const add = { value, type: 'summary', subject: 'sea', occurredAt: 5 };
  const action = { reason: 'Two turns.', confidence: 0.9, sources, archive: sources };
  return [{ strategy: 'compress', ...action, add }];
});

/** Links what is said of the sea, doubts it, and replaces the old fact. */
const evolve = scripted('evolve', async (snapshot) => {
  const [first, second] = about(snapshot, 'sea').map(ref);
  const [old, current] = about(snapshot, 'blue').map(ref);
  const shared = { strategy: 'evolve', reason: 'Said.', confidence: 0.6 } as const;
  const actions: PlannedAction[] = [];
  if (first && second) {
    const link = [{ from: first, type: 'continues', to: second }];
    const update = [{ memory: first, columns: { confidence: 0.5, importance: 0.7 } }];
    actions.push({ ...shared, sources: [first, second], link, update });
  }
  if (old && current) {
    const supersede = [{ memory: old, by: current }];
    actions.push({ ...shared, sources: [old, current], supersede });
  }
  return actions;
});

const said = [
  episode('We went to the sea on Monday.'),
  episode('The sea was cold and grey.'),
  episode('Later we had soup.'),
];

async function get(bench: DreamBench, id: MemoryId | undefined) {
  if (!id) throw new Error('There is no such memory.');
  return bench.engine.get(scope, id);
}

test('a dream is planned, changes nothing, and is applied in one change of state', async () => {
  const bench = await open(compress, evolve);
  const [first, second, third] = await bench.put(...said);
  const before = await bench.canonical();
  const dream = await bench.dream();
  expect(dream).toMatchObject({ state: 'planned', memories: 3, isComplete: true });
  expect(dream.counts).toMatchObject({ added: 1, archived: 2, linked: 1, updated: 1 });
  expect(await bench.canonical()).toBe(before);
  expect(await bench.engine.dreams.apply(scope, dream.id)).toEqual({ applied: 2, dropped: 0 });
  const { state, added, touched } = await bench.engine.dreams.read(scope, dream.id);
  expect([state, added.length, touched.length]).toEqual(['applied', 1, 2]);
  const summary = await get(bench, added[0]);
  expect(summary).toMatchObject({ kind: 'derived', confidence: 0.9, audience: 'user' });
  expect(summary.body).toMatchObject({ derivedFrom: [first, second], origin: 'dream' });
  expect(await get(bench, first)).toMatchObject({ archived: true, confidence: 0.5 });
  expect((await get(bench, first)).body.links).toEqual([{ type: 'continues', id: second }]);
  expect(await get(bench, third)).toMatchObject({ archived: false });
  const { results } = await bench.engine.recall(scope, {
    ...{ namespace: ann, query: 'summary of the coast', limit: 10, threshold: 0 },
    ...{ filter: {}, signals: allSignals },
  });
  expect(results.map(({ memory }) => memory.id)).toContain(added[0]);
  expect(results.map(({ memory }) => memory.id)).not.toContain(second);
});

test('an undo leaves an export that is byte for byte what it was', async () => {
  const bench = await open(compress, evolve);
  await bench.put(...said, 'The car is blue.', 'The car is dark blue.');
  const before = await bench.canonical();
  const dream = await bench.dream();
  await bench.engine.dreams.apply(scope, dream.id);
  expect(await bench.canonical()).not.toBe(before);
  const undone = await bench.engine.dreams.undo(scope, dream.id, false);
  expect(undone).toEqual({ restored: 3, removed: 1, forgotten: 0, conflicts: [] });
  expect(await bench.canonical()).toBe(before);
  expect(await bench.engine.dreams.read(scope, dream.id)).toMatchObject({ state: 'undone' });
  await expect(bench.engine.dreams.undo(scope, dream.id, false)).rejects.toMatchObject({
    code: 'dream_state',
  });
});

test('what was written meanwhile stands: the action on it is dropped, and says so', async () => {
  const bench = await open(compress, evolve);
  const [first] = await bench.put(...said, 'The car is blue.', 'The car is dark blue.');
  const dream = await bench.dream();
  await bench.engine.update(scope, { memoryId: first as MemoryId }, { tags: ['mine'] });
  expect(await bench.engine.dreams.apply(scope, dream.id)).toEqual({ applied: 1, dropped: 2 });
  const actions = await bench.engine.dreams.actions(scope, dream.id);
  const dropped = actions.filter(({ state }) => state === 'dropped');
  expect(dropped.map(({ why }) => why)).toEqual(Array(2).fill('A memory has changed since.'));
  expect(JSON.stringify(dropped)).not.toContain('coast');
  expect(await get(bench, first)).toMatchObject({ archived: false });
});

test('an undo never reverts a later write: it names it, and does the rest if told', async () => {
  const bench = await open(compress, evolve);
  const [first, second] = await bench.put(...said);
  const dream = await bench.dream();
  await bench.engine.dreams.apply(scope, dream.id);
  await bench.engine.update(scope, { memoryId: first as MemoryId }, { tags: ['mine'] });
  const { dreams } = bench.engine;
  await expect(dreams.undo(scope, dream.id, false)).rejects.toMatchObject({
    code: 'dream_conflict',
    details: { count: 1, conflicts: [{ id: first, reason: 'changed_since' }] },
  });
  expect(await get(bench, second)).toMatchObject({ archived: true });
  const undone = await dreams.undo(scope, dream.id, true);
  expect(undone).toMatchObject({ restored: 1, removed: 1, conflicts: [{ id: first }] });
  expect(await get(bench, second)).toMatchObject({ archived: false });
  expect((await get(bench, first)).body.tags).toEqual(['mine']);
});

test('a part is applied, and the rest later; an undo takes both back', async () => {
  const bench = await open(compress, evolve);
  await bench.put(...said);
  const before = await bench.canonical();
  const dream = await bench.dream();
  const { dreams } = bench.engine;
  await expect(dreams.apply(scope, dream.id, ['compress-9'])).rejects.toMatchObject({
    code: 'invalid_request',
  });
  expect(await dreams.apply(scope, dream.id, ['evolve-1'])).toEqual({ applied: 1, dropped: 0 });
  expect(await dreams.apply(scope, dream.id)).toEqual({ applied: 1, dropped: 0 });
  await dreams.undo(scope, dream.id, false);
  expect(await bench.canonical()).toBe(before);
});

test('a discarded dream, a dry run and a dream of nothing change nothing', async () => {
  const bench = await open(compress, evolve);
  await bench.put('Nothing to see.');
  expect(await bench.dream()).toMatchObject({ state: 'empty' });
  await bench.put(...said);
  const { dreams } = bench.engine;
  const before = await bench.canonical();
  const dry = await bench.dream({ dryRun: true, autoApply: { confidence: 0 } });
  expect(dry).toMatchObject({ state: 'planned', dryRun: true });
  await expect(dreams.apply(scope, dry.id)).rejects.toMatchObject({ code: 'dream_state' });
  const { id } = await bench.dream();
  expect(await dreams.discard(scope, id)).toMatchObject({ state: 'discarded' });
  await expect(dreams.apply(scope, id)).rejects.toMatchObject({ code: 'dream_state' });
  expect(JSON.stringify(await dreams.actions(scope, id))).not.toContain('coast');
  expect(await bench.canonical()).toBe(before);
});

test('what is sure enough is applied by itself, and the rest waits', async () => {
  const bench = await open(compress, evolve);
  await bench.put(...said);
  const dream = await bench.dream({ autoApply: { confidence: 0.8 } });
  expect(dream).toMatchObject({ state: 'applied', added: [expect.stringMatching(/^mem_/)] });
  const actions = await bench.engine.dreams.actions(scope, dream.id);
  expect(actions.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'evolve-1 pending',
    'compress-1 applied',
  ]);
});

test('the same finding proposes nothing, and a new one takes its place', async () => {
  const bench = await open(compress);
  await bench.put(...said);
  const [first] = (await bench.dream({ autoApply: { confidence: 0 } })).added;
  expect(await bench.dream()).toMatchObject({ state: 'empty' });
  await bench.put(episode('By the sea again.'), episode('The sea is far.'), episode('O sea!'));
  const again = await bench.dream({ autoApply: { confidence: 0 } });
  const next = await get(bench, again.added[0]);
  expect(next.body.derivedFrom).toContain(first);
  expect(await get(bench, first)).toMatchObject({ archived: true });
  // Whoever takes the newer one away has the older one back.
  await bench.engine.dreams.undo(scope, again.id, false);
  expect(await get(bench, first)).toMatchObject({ archived: false });
});

test('one dream at a time in a namespace, and it ends when it is told to', async () => {
  let go = (): void => undefined;
  const waits = new Promise<void>((resolve) => {
    go = resolve;
  });
  const slow = scripted('reflect', async (_snapshot, _options, tools) => {
    await waits;
    for (let i = 0; i < 1_000; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 3));
      await tools.breathe();
    }
    return [];
  });
  const bench = await open(slow);
  await bench.put(...said);
  const { dreams } = bench.engine;
  const wanted = { namespace: ann, strategies: ['reflect'], dryRun: false } as const;
  const request = { ...wanted, budget: { memories: 10, tokens: 0, seconds: 60 } };
  const { id } = await dreams.start(scope, request);
  await expect(dreams.start(scope, request)).rejects.toMatchObject({
    code: 'dream_running',
    details: { dream_id: id },
  });
  go();
  expect(await dreams.cancel(scope, id)).toMatchObject({ state: 'cancelled' });
  await expect(dreams.cancel(scope, id)).rejects.toMatchObject({ code: 'dream_state' });
});

test('a strategy that breaks fails its dream, and nothing else', async () => {
  const broken = scripted('reflect', () => Promise.reject(new Error('with words of a user')));
  const bench = await open(broken, compress);
  await bench.put(...said);
  const dream = await bench.dream();
  expect(dream).toMatchObject({ state: 'failed', error: { code: 'internal' } });
  expect(JSON.stringify(dream)).not.toContain('words of a user');
  expect(await bench.dream({ strategies: ['compress'] })).toMatchObject({ state: 'planned' });
});

test('the time that a dream has is kept: what is not done by then is told', async () => {
  const slow = scripted('forecast', async (_snapshot, _options, tools) => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 3));
      await tools.breathe();
    }
  });
  const bench = await open(slow);
  await bench.put(...said);
  const dream = await bench.dream({ budget: { memories: 10, tokens: 0, seconds: 0.05 } });
  expect(dream).toMatchObject({ state: 'empty' });
  expect(dream.notes.join()).toContain('The time was over');
});

test('actions that do not fit together are dropped with a reason', async () => {
  const make = (snapshot: DreamSnapshot): PlannedAction[] => {
    const [first] = about(snapshot, 'sea').map(ref);
    const [fact] = about(snapshot, 'green').map(ref);
    if (!first || !fact) return [];
    const shared = { strategy: 'synthesize', reason: 'So.', confidence: 1 } as const;
    const gone = { ...first, version: 7 };
    const add = { type: 'fact', subject: 'x', occurredAt: 1, value: 'x'.repeat(10_000) };
    return [
      { ...shared, sources: [first], archive: [first] },
      { ...shared, sources: [first], archive: [first] },
      { ...shared, sources: [fact], archive: [fact] },
      { ...shared, sources: [gone] },
      { ...shared, sources: [first], add },
      { ...shared, sources: [], confidence: 2 },
    ];
  };
  const bench = await open(scripted('synthesize', async (snapshot) => make(snapshot)));
  await bench.put(...said, { value: 'The door is green.', key: 'door' });
  const dream = await bench.dream();
  expect(dream.counts.archived).toBe(1);
  expect(dream.dropped.map(({ reason, count }) => `${count} ${reason}`)).toEqual([
    '1 it goes by another action',
    '1 a fact under a key stays',
    '1 a memory that was not read',
    '2 not well formed',
  ]);
});

test('what is forgotten takes what was made of it along, and brings the rest back', async () => {
  const bench = await open(compress);
  const [first, second] = await bench.put(...said);
  const { added } = await bench.dream({ autoApply: { confidence: 0 } });
  await bench.engine.forget(scope, { memoryId: first as MemoryId });
  await expect(get(bench, added[0])).rejects.toMatchObject({ code: 'memory_not_found' });
  expect(await get(bench, second)).toMatchObject({ archived: false });
});

test('a summary that is forgotten brings back all that it stood for', async () => {
  const bench = await open(compress);
  const [first, second] = await bench.put(...said);
  const { id, added } = await bench.dream({ autoApply: { confidence: 0 } });
  await bench.engine.forget(scope, { memoryId: added[0] as MemoryId });
  expect(await get(bench, first)).toMatchObject({ archived: false });
  expect(await get(bench, second)).toMatchObject({ archived: false });
  const undone = await bench.engine.dreams.undo(scope, id, false);
  expect(undone).toMatchObject({ restored: 0, removed: 0, forgotten: 1, conflicts: [] });
});

test('a plan says nothing any more of what is forgotten', async () => {
  const bench = await open(compress, evolve);
  const [first] = await bench.put(...said);
  const { id } = await bench.dream();
  expect(JSON.stringify(await bench.store.control.list('dream'))).toContain('coast');
  await bench.engine.forget(scope, { memoryId: first as MemoryId });
  expect(JSON.stringify(await bench.store.control.list('dream'))).not.toContain('coast');
  expect(await bench.engine.dreams.apply(scope, id)).toEqual({ applied: 0, dropped: 0 });
});

test('a namespace that is forgotten takes its dreams along', async () => {
  const bench = await open(compress);
  await bench.put(...said);
  const { id } = await bench.dream();
  await bench.engine.forget(scope, { everything: true, namespace: ann, isConfirmed: true });
  expect(await bench.store.control.list('dream')).toEqual([]);
  await expect(bench.engine.dreams.read(scope, id)).rejects.toMatchObject({
    code: 'dream_not_found',
  });
});

test('who follows is told of each step, also by the process that comes next', async () => {
  const bench = await open(compress);
  const told: string[] = [];
  await bench.put(...said);
  const { id } = await bench.dream();
  await bench.engine.dreams.apply(scope, id);
  await bench.engine.dreams.undo(scope, id, false);
  // Nobody listens here, so nothing is kept.
  expect(await bench.store.control.list('dream-news/')).toEqual([]);
  const { place, info } = await openDream(bench.store, scope, id);
  const news = { ...place, namespace: info.name, type: 'dream.applied', at: 5 } as const;
  await keepNews(bench.store.control, news);
  const followers = followedBy(async (_tenant, event) => {
    told.push(`${event.id.slice(0, 4)} ${event.type} ${event.dream === id}`);
  });
  await tellNews({ control: bench.store.control, followers });
  expect(told).toEqual(['evt_ dream.applied true']);
  expect(await bench.store.control.list('dream-news/')).toEqual([]);
});

test('a dream knows what was asked and not found, until something is forgotten', async () => {
  const seen: string[][] = [];
  const reflect = scripted('reflect', async (_snapshot, _options, tools) => {
    seen.push(tools.unmetQuestions().map(({ text }) => text));
    return [];
  });
  const bench = await open(reflect);
  const [first] = await bench.put(...said);
  const ask = { namespace: ann, limit: 5, threshold: 0, signals: allSignals };
  await bench.engine.recall(scope, { ...ask, query: 'Where is the spare key?', filter: {} });
  await bench.engine.recall(scope, { ...ask, query: 'Who said so?', filter: { kind: 'fact' } });
  await bench.dream();
  await bench.engine.forget(scope, { memoryId: first as MemoryId });
  await bench.dream();
  expect(seen).toEqual([['Where is the spare key?'], []]);
});

const followedBy = (dreamTold: Followers['dreamTold']): Followers => ({
  beforeNamespace: async () => undefined,
  afterNamespace: async () => undefined,
  dreamTold,
});

test('what could not be told yet holds nothing up, and is told step by step', async () => {
  let isBroken = true;
  const told: DreamEvent[] = [];
  const followers = followedBy(async (_tenant, event) => {
    if (isBroken) throw new Error('The disk is full.');
    told.push(event);
  });
  bench = await openDreams([evolve], undefined, followers);
  await bench.put(...said, 'The car is blue.', 'The car is dark blue.');
  const { id } = await bench.dream();
  const { dreams } = bench.engine;
  const actions = await dreams.actions(scope, id);
  expect(actions).toHaveLength(2);
  for (const action of actions) {
    expect(await dreams.apply(scope, id, [action.id])).toMatchObject({ applied: 1 });
  }
  expect(told).toEqual([]);
  isBroken = false;
  await dreams.undo(scope, id, false);
  const types = told.map(({ type }) => type).sort();
  expect(types).toEqual(['dream.applied', 'dream.applied', 'dream.planned', 'dream.undone']);
  expect(new Set(told.map((event) => event.id)).size).toBe(4);
});

test('that nothing comes of a dream is told too', async () => {
  const told: string[] = [];
  const followers = followedBy(async (_tenant, { type }) => {
    told.push(type);
  });
  let go = (): void => undefined;
  const slow = scripted('evolve', async () => {
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    return [];
  });
  bench = await openDreams([compress, slow], undefined, followers);
  await bench.put(...said);
  const { dreams } = bench.engine;
  const { id } = await bench.dream({ strategies: ['compress'] });
  await dreams.discard(scope, id);
  expect(told).toEqual(['dream.planned', 'dream.discarded']);
  const running = bench.dream({ strategies: ['evolve'] });
  await vi.waitFor(async () => {
    const [newest] = await dreams.list(scope, ann, { limit: 1 });
    expect(newest?.state).toBe('running');
    const cancelled = dreams.cancel(scope, newest?.id ?? '');
    go();
    await cancelled;
  });
  await running;
  expect(told.slice(2)).toEqual(['dream.cancelled']);
});

test('a snapshot that is restored hides nothing that no summary stands for any more', async () => {
  const bench = await open(compress);
  const [first, second] = await bench.put(...said);
  const { id, added } = await bench.dream({ autoApply: { confidence: 0 } });
  const { engine } = bench;
  const { id: snapshot } = await engine.createSnapshot(scope, ann, 'applied');
  await engine.dreams.undo(scope, id, false);
  const restore = { namespace: ann, id: snapshot, dryRun: false, limit: 10 };
  await engine.restoreSnapshot(scope, restore);
  expect(await get(bench, first)).toMatchObject({ archived: false });
  expect(await get(bench, second)).toMatchObject({ archived: false });
  await expect(get(bench, added[0])).rejects.toMatchObject({ code: 'memory_not_found' });
});

test('a part is applied also where nobody could be told of the first', async () => {
  const bench = await open(compress, evolve);
  await bench.put(...said);
  const { id } = await bench.dream();
  const { place, info } = await openDream(bench.store, scope, id);
  const { dreams } = bench.engine;
  await dreams.apply(scope, id, ['evolve-1']);
  const untold = { ...place, namespace: info.name, type: 'dream.applied', at: 5 } as const;
  await keepNews(bench.store.control, untold);
  expect(await dreams.apply(scope, id)).toEqual({ applied: 1, dropped: 0 });
});

test('what stands for archived memories does not expire', async () => {
  const bench = await open(compress);
  await bench.put(...said);
  const { added } = await bench.dream({ autoApply: { confidence: 0 } });
  const { engine } = bench;
  const summary = { memoryId: added[0] as MemoryId };
  const expiresAt = Date.now() + 60_000;
  await expect(engine.update(scope, summary, { expiresAt })).rejects.toMatchObject({
    code: 'invalid_request',
    details: { field: 'expires_at' },
  });
  await engine.update(scope, summary, { expiresAt: null, pinned: true });
});

test('a reason that is endless is cut', async () => {
  const bench = await open(
    scripted('reflect', async (snapshot) => {
      const sources = about(snapshot, 'sea').map(ref);
      return [{ strategy: 'reflect', reason: 'so '.repeat(9_000), confidence: 1, sources }];
    }),
  );
  await bench.put(...said);
  const { id } = await bench.dream();
  const [action] = await bench.engine.dreams.actions(scope, id);
  expect(action?.reason).toHaveLength(1_000);
});
