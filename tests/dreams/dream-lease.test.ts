/** Whose dream it is: one process at a time, and none is left behind. */
import { afterEach, expect, test, vi } from 'vitest';
import type { NamespaceName } from '../../packages/server/src/domain/memory.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import type { DreamRequest } from '../../packages/server/src/engine/dream/dreams.ts';
import type { Strategy } from '../../packages/server/src/engine/dream/strategy.ts';
import { scope } from '../full-scope.ts';
import { ann, type DreamBench, type DreamStore, openDreams, ref, scripted } from './open-dreams.ts';

const benches: DreamBench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(strategy: Strategy, store?: DreamStore): Promise<DreamBench> {
  const bench = await openDreams([strategy], store);
  benches.push(bench);
  return bench;
}

const request: Omit<DreamRequest, 'namespace'> = {
  ...{ strategies: ['reflect'], dryRun: false },
  budget: { memories: 10, tokens: 0, seconds: 60 },
};
const wanted: DreamRequest = { namespace: ann, ...request };

const quick = scripted('reflect', async ({ memories: [first] }) =>
  first ? [{ strategy: 'reflect', reason: 'So.', confidence: 1, sources: [ref(first)] }] : [],
);

/** Runs until it is let go, or ended. */
function slow() {
  let isLetGo = false;
  let runs = 0;
  const strategy = scripted('reflect', async (snapshot, options, tools) => {
    runs += 1;
    while (!isLetGo) {
      await new Promise((resolve) => setTimeout(resolve, 3));
      await tools.breathe();
    }
    return quick.plan(snapshot, options, tools);
  });
  return { strategy, letGo: () => (isLetGo = true), runs: () => runs };
}

async function rewriteLease({ store }: DreamBench, change: object, place = ''): Promise<void> {
  for (const { key, value, version } of await store.control.list(`dream-leases/${place}`)) {
    const next = JSON.stringify({ ...JSON.parse(value), ...change });
    await store.control.putIfVersion(key, next, version);
  }
}

test('a dream whose process is gone goes on before another one begins', async () => {
  const first = await open(slow().strategy);
  await first.put('One.');
  const { id } = await first.engine.dreams.start(scope, wanted);
  await first.close();
  const next = await open(quick, first.store);
  await expect(next.engine.dreams.start(scope, wanted)).rejects.toMatchObject({
    code: 'dream_running',
    details: { dream_id: id },
  });
  expect(await next.engine.dreams.wait(scope, id, 5_000)).toMatchObject({ state: 'planned' });
  expect((await next.dream()).state).toBe('planned');
});

test('a lease from a time that was set back does not hold for ever', async () => {
  const first = await open(slow().strategy);
  await first.put('One.');
  const { id } = await first.engine.dreams.start(scope, wanted);
  await first.close();
  await rewriteLease(first, { until: Date.now() + 86_400_000 });
  const next = await open(quick, first.store);
  await next.engine.dreams.watch();
  expect(await next.engine.dreams.wait(scope, id, 5_000)).toMatchObject({ state: 'planned' });
});

test('one that waits for its turn is ended at once, and never runs twice', async () => {
  const { strategy, letGo, runs } = slow();
  const bench = await open(strategy);
  const names: NamespaceName[] = ['a', 'b', 'c', 'd'].map((name) => parseNamespace(name));
  const ids: string[] = [];
  for (const namespace of names) {
    await bench.engine.store(scope, namespace, { value: 'One.' });
    ids.push((await bench.engine.dreams.start(scope, { namespace, ...request })).id);
  }
  const [, , third = '', last = ''] = ids;
  expect(await bench.engine.dreams.cancel(scope, last)).toMatchObject({ state: 'cancelled' });
  await rewriteLease(bench, { until: 0 });
  await bench.engine.dreams.watch();
  await vi.waitFor(() => expect(runs()).toBe(2));
  letGo();
  await bench.engine.dreams.wait(scope, third, 5_000);
  for (const id of ids.slice(0, 3)) {
    const { state, done, endedAt } = await bench.engine.dreams.wait(scope, id, 5_000);
    expect([state, done.length, endedAt === undefined]).toEqual(['planned', 1, false]);
  }
  expect(runs()).toBe(3);
});

test('whoever has lost its lease writes no more', async () => {
  const { strategy, letGo } = slow();
  const bench = await open(strategy);
  await bench.put('One.');
  const { id } = await bench.engine.dreams.start(scope, wanted);
  await rewriteLease(bench, { owner: 'another' });
  letGo();
  await bench.engine.dreams.wait(scope, id, 300);
  expect(await bench.engine.dreams.read(scope, id)).toMatchObject({ state: 'running', done: [] });
  expect(await bench.store.control.list('dream-actions/')).toEqual([]);
});

test('a dream of another process is waited for, and ended where it goes on', async () => {
  const { strategy, letGo } = slow();
  const first = await open(strategy);
  await first.put('One.');
  const { id } = await first.engine.dreams.start(scope, wanted);
  const other = await open(quick, first.store);
  const waiting = other.engine.dreams.wait(scope, id, 10_000);
  letGo();
  expect(await waiting).toMatchObject({ state: 'planned', endedAt: expect.any(Number) });
  const again = slow();
  const second = await open(again.strategy, first.store);
  const started = await second.engine.dreams.start(scope, wanted);
  await second.close();
  expect(await other.engine.dreams.cancel(scope, started.id)).toMatchObject({ state: 'running' });
  await other.engine.dreams.watch();
  expect(await other.engine.dreams.wait(scope, started.id, 5_000)).toMatchObject({
    state: 'cancelled',
  });
});

test('a time that is over before all is read is told, and is no failure', async () => {
  const bench = await open(quick);
  await bench.put('One.');
  const dream = await bench.dream({ budget: { memories: 10, tokens: 0, seconds: 0 } });
  expect(dream).toMatchObject({ state: 'empty' });
  expect(dream.error).toBeUndefined();
  expect(dream.notes.join()).toContain('The time was over');
});

test('a namespace that is forgotten while a dream runs leaves nothing of it', async () => {
  let began = (): void => undefined;
  const reading = new Promise<void>((resolve) => {
    began = resolve;
  });
  let go = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  const waits = scripted('reflect', async ({ memories }) => {
    began();
    await gone;
    const [first] = memories;
    if (!first) return [];
    return [{ strategy: 'reflect', reason: first.text, confidence: 1, sources: [ref(first)] }];
  });
  const bench = await open(waits);
  await bench.put('One.');
  const running = bench.dream().catch(() => undefined);
  await reading;
  await bench.engine.forget(scope, { everything: true, namespace: ann, isConfirmed: true });
  go();
  await running;
  await bench.close();
  expect(await bench.store.control.list('dream')).toEqual([]);
});
