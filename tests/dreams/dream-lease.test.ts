/** Whose dream it is: one process at a time, and none is left behind. */
import { afterEach, expect, test, vi } from 'vitest';
import type { NamespaceName } from '../../packages/server/src/domain/memory.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import type { DreamRequest } from '../../packages/server/src/engine/dream/dreams.ts';
import type { Strategy } from '../../packages/server/src/engine/dream/strategy.ts';
import { createLonelyPeers, type Peers } from '../../packages/server/src/peers/peers.ts';
import type { ControlPort } from '../../packages/server/src/ports/control.ts';
import { systemClock } from '../../packages/server/src/util/system-clock.ts';
import { scope } from '../full-scope.ts';
import { gatedStore, isAddition } from './gated-store.ts';
import { ann, type DreamBench, type DreamStore, openDreams, ref, scripted } from './open-dreams.ts';

const benches: DreamBench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(
  strategy: Strategy,
  store?: DreamStore,
  server?: Parameters<typeof openDreams>[3],
): Promise<DreamBench> {
  const bench = await openDreams([strategy], store, undefined, server);
  benches.push(bench);
  return bench;
}

/** Servers of one store; those that are in `gone` look silent to the others. */
function peersOf(id: string, gone: ReadonlySet<string>): Peers {
  const isGone = async (other: string) => other !== id && gone.has(other);
  return { ...createLonelyPeers(systemClock), id, isAlone: false, isGone };
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

/** Holds whoever comes there until it is opened. */
function gate() {
  let open = (): void => undefined;
  let reach = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const pass = (): Promise<void> => {
    reach();
    return opened;
  };
  return { open: () => open(), reached, pass };
}

async function rewriteLease({ store }: DreamBench, change: object): Promise<void> {
  for (const { key, value, version } of await store.control.list('dream-leases/')) {
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

test('a process that was killed leaves its dream to the next one at once', async () => {
  const first = await open(slow().strategy);
  await first.put('One.');
  const { id } = await first.engine.dreams.start(scope, wanted);
  const next = await open(quick, first.store);
  await next.engine.dreams.watch();
  expect(await next.engine.dreams.wait(scope, id, 5_000)).toMatchObject({ state: 'planned' });
});

test.each([-3_600_000, 3_600_000])('a clock that is %i ms off takes no dream over', async (off) => {
  const gone = new Set<string>();
  const { strategy, letGo, runs } = slow();
  const first = await open(strategy, undefined, { peers: peersOf('server_a', gone) });
  await first.put('One.');
  const { id } = await first.engine.dreams.start(scope, wanted);
  const clock = { ...systemClock, now: () => Date.now() + off };
  const other = await open(strategy, first.store, { peers: peersOf('server_b', gone), clock });
  await other.engine.dreams.watch();
  await expect(other.engine.dreams.start(scope, wanted)).rejects.toMatchObject({
    code: 'dream_running',
    details: { dream_id: id },
  });
  letGo();
  expect(await other.engine.dreams.wait(scope, id, 5_000)).toMatchObject({ state: 'planned' });
  expect((await first.engine.dreams.read(scope, id)).run).toBe(1);
  expect(runs()).toBe(1);
});

test('what was taken over is not planned again by whoever ran it before', async () => {
  const gone = new Set<string>();
  const store = gatedStore();
  const said = (reason: string) =>
    scripted('reflect', async ({ memories: [one] }) =>
      one ? [{ strategy: 'reflect', reason, confidence: 1, sources: [ref(one)] }] : [],
    );
  // Held between its last look at the lease and its write.
  const held = gate();
  const control: ControlPort = {
    ...{ get: (key) => store.control.get(key), delete: (key) => store.control.delete(key) },
    list: (...asked) => store.control.list(...asked),
    putIfVersion: async (key, value, expected) => {
      if (key.startsWith('dream-actions/')) await held.pass();
      return store.control.putIfVersion(key, value, expected);
    },
  };
  const slowly = { records: store.records, control };
  const first = await open(said('of the first'), slowly, { peers: peersOf('server_a', gone) });
  await first.put('One.');
  const { id } = await first.engine.dreams.start(scope, wanted);
  await held.reached;
  gone.add('server_a');
  const second = await open(said('of the second'), store, { peers: peersOf('server_b', gone) });
  await second.engine.dreams.watch();
  await second.engine.dreams.wait(scope, id, 5_000);
  held.open();
  await first.close();
  const [action] = await second.engine.dreams.actions(scope, id);
  expect(action?.reason).toBe('of the second');
  expect(await second.engine.dreams.read(scope, id)).toMatchObject({
    ...{ state: 'planned', run: 2, done: ['reflect'] },
  });
});

test('a dream that was taken over while it was applied is applied once', async () => {
  const gone = new Set<string>();
  const store = gatedStore();
  const adds = scripted('reflect', async ({ memories: [one] }) => {
    if (!one) return [];
    const add = { value: 'Two.', type: 'summary', occurredAt: one.occurredAt, subject: 's' };
    return [{ strategy: 'reflect', reason: 'So.', confidence: 1, sources: [ref(one)], add }];
  });
  const held = gate();
  let commits = 0;
  store.around = async (batch, next) => {
    if (!isAddition(batch)) return next();
    commits += 1;
    if (commits === 1) await held.pass();
    return next();
  };
  const first = await open(adds, store, { peers: peersOf('server_a', gone) });
  await first.put('One.');
  const auto = { ...wanted, autoApply: { confidence: 0 } };
  const { id } = await first.engine.dreams.start(scope, auto);
  await held.reached;
  gone.add('server_a');
  const second = await open(adds, store, { peers: peersOf('server_b', gone) });
  await second.engine.dreams.watch();
  const ended = await second.engine.dreams.wait(scope, id, 5_000);
  expect(ended).toMatchObject({ state: 'applied', added: [expect.any(String)] });
  held.open();
  await first.close();
  expect(commits).toBe(2);
  expect(await second.engine.dreams.read(scope, id)).toEqual(ended);
  expect((await second.canonical()).split('\n')).toHaveLength(2);
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
