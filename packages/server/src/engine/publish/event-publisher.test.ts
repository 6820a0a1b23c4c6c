import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { done, erase, FakeClock, idOf, named, put } from '../../backends/contract/fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import { fullAccess } from '../../domain/access.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { TopicEvent } from '../../ports/event-topic.ts';
import { ChangeFeed } from '../events/change-feed.ts';
import { openRecords } from '../open-records.ts';
import { EventPublisher } from './event-publisher.ts';
import { publishKeys } from './publish-keys.ts';
import { TestTopic } from './test-topic.ts';

const tenant = 'tenant' as TenantId;
const startMs = 1_800_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  vi.setSystemTime(startMs);
});
afterEach(() => void vi.useRealTimers());

function openWorld(topic = new TestTopic()) {
  const clock = new FakeClock();
  clock.now = () => Date.now();
  const { records, control } = openEphemeralStore({ clock });
  const feed = new ChangeFeed();
  const logged: string[] = [];
  const open = (more: Partial<ConstructorParameters<typeof EventPublisher>[0]> = {}) =>
    new EventPublisher({
      ...{ records, control, clock, feed, topic },
      present: ({ id, type, ...rest }) => ({ id, type, ...rest }),
      turn: () => undefined,
      log: (level, message) => logged.push(`${level} ${message}`),
      ...more,
    });
  /** `isTold`: by this process; otherwise another server has written. */
  const store = async (n: number, namespace = 'home', of = tenant, isTold = true) => {
    vi.setSystemTime(Date.now() + 1);
    const deps = isTold ? { records, feed } : { records };
    const handle = openRecords(deps, { tenant: of, access: fullAccess });
    const ops = [put(n, { id: idOf(n) }, 'a secret')];
    return done(await handle.commit(named(namespace), { ops })).namespace.no;
  };
  const removeNamespace = async (name: string): Promise<number> => {
    const handle = records.open(tenant);
    const { namespace } = done(await handle.commit(named(name), { ops: [erase(1, 1)] }));
    await handle.remove(namespace.no);
    return namespace.no;
  };
  const cursors = async () => {
    const found = await control.list(publishKeys.cursors);
    return found.map(({ key, value }) => [key, JSON.parse(value)]);
  };
  return { open, store, removeNamespace, cursors, topic, records, control, logged };
}

const settle = (ms = 100) => vi.advanceTimersByTimeAsync(ms);
const numbers = (events: readonly TopicEvent[]): number[] =>
  events.flatMap(({ value }) => JSON.parse(value).seq ?? []);
/** As a reader takes them who keeps the ids that it has seen. */
const unique = (events: readonly TopicEvent[]): TopicEvent[] =>
  [...new Map([...events].reverse().map((event) => [event.id, event])).values()].reverse();

test('what was there before and what comes is published in order, by ids alone', async () => {
  const { open, store, topic, cursors } = openWorld();
  await store(1);
  await store(2);
  await store(3, 'work');
  const publisher = open();
  publisher.start();
  await settle();
  await store(4);
  await settle();
  const home = topic.events.filter(({ key }) => key === 'tenant/1');
  expect(numbers(home)).toEqual([1, 2, 3]);
  expect(numbers(topic.events.filter(({ key }) => key === 'tenant/2'))).toEqual([1]);
  expect(home[0]).toMatchObject({ type: 'memory.created', id: expect.stringMatching(/^evt_/) });
  expect(JSON.parse(home[0]?.value ?? '')).toMatchObject({ memoryId: idOf(1), version: 1 });
  expect(JSON.stringify(topic.events)).not.toMatch(/home|work|secret/);
  expect(await cursors()).toEqual([
    ['published/0000001', { tenant, seq: 3 }],
    ['published/0000002', { tenant, seq: 1 }],
  ]);
  expect(publisher.status).toEqual({ isRunning: true, ok: true, behind: 0, oldestMs: 0 });
  await publisher.close();
});

test('a topic that is away is waited for; what happens meanwhile follows in order', async () => {
  const { open, store, topic, logged } = openWorld();
  let isAway = true;
  topic.before = () => {
    if (isAway) throw new Error('away');
  };
  const publisher = open();
  publisher.start();
  for (let n = 1; n <= 5; n++) {
    await store(n);
    await settle(10_000);
  }
  expect(topic.events).toEqual([]);
  const { ok, behind, oldestMs } = publisher.status;
  expect({ ok, behind }).toEqual({ ok: false, behind: 5 });
  expect(oldestMs).toBeGreaterThanOrEqual(50_000);
  isAway = false;
  await settle(10_000);
  expect(numbers(topic.events)).toEqual([1, 2, 3, 4, 5]);
  expect(publisher.status).toMatchObject({ ok: true, behind: 0, oldestMs: 0 });
  expect(logged).toEqual(['warn events wait to be published', 'info events are published again']);
  await publisher.close();
});

test('what was not acknowledged comes again with the same ids', async () => {
  const { open, store, topic } = openWorld();
  let failures = 2;
  topic.after = () => {
    failures -= 1;
    if (failures >= 0) throw new Error('the answer was lost');
  };
  const publisher = open();
  publisher.start();
  await store(1);
  await settle();
  await store(2);
  await settle(10_000);
  expect(topic.events.length).toBeGreaterThan(2);
  expect(numbers(unique(topic.events))).toEqual([1, 2]);
  await publisher.close();
});

test('it goes on where it stopped, here or elsewhere, with nothing twice', async () => {
  const { open, store, topic } = openWorld();
  const publisher = open();
  publisher.start();
  await store(1);
  await settle();
  await publisher.stop();
  expect(publisher.status.isRunning).toBe(false);
  await store(2);
  await settle(60_000);
  expect(numbers(topic.events)).toEqual([1]);
  const other = open();
  other.start();
  await settle();
  await other.stop();
  await store(3);
  publisher.start();
  await settle();
  expect(numbers(topic.events)).toEqual([1, 2, 3]);
  await publisher.close();
});

test('what another server has written is found by the next scan', async () => {
  const { open, store, topic } = openWorld();
  const publisher = open();
  publisher.start();
  await store(1);
  await settle();
  await store(2, 'home', tenant, false);
  await settle(29_000);
  expect(numbers(topic.events)).toEqual([1]);
  await settle(2_000);
  expect(numbers(topic.events)).toEqual([1, 2]);
  await publisher.close();
});

test.each(['told', 'found'])(
  'a namespace that is gone is %s, and its cursor goes with it',
  async (how) => {
    const { open, store, removeNamespace, topic, cursors } = openWorld();
    const publisher = open();
    if (how === 'told') publisher.start();
    await store(1);
    await settle();
    await publisher.beforeNamespace(tenant, 1, named('home'));
    await removeNamespace('home');
    await publisher.afterNamespace(tenant, 1);
    if (how === 'found') publisher.start();
    await settle();
    expect(topic.events.at(-1)).toMatchObject({ type: 'namespace.deleted', key: 'tenant/1' });
    expect(await cursors()).toEqual([]);
    await settle(60_000);
    const gone = topic.events.filter(({ type }) => type === 'namespace.deleted');
    expect(gone).toHaveLength(1);
    await publisher.close();
  },
);

test('what a dream tells is published once, also after an end in between', async () => {
  const { open, topic, control } = openWorld();
  const event = {
    ...{ id: 'evt_1', type: 'dream.planned' as const, dream: 'drm_1' },
    ...{ namespace: named('home'), namespaceNo: 1, at: startMs },
  };
  await open().dreamTold(tenant, event);
  await open().dreamTold(tenant, event);
  expect(JSON.stringify(await control.list(publishKeys.allTold))).not.toContain('home');
  const publisher = open();
  publisher.start();
  await settle();
  expect(topic.events).toMatchObject([{ id: 'evt_1', type: 'dream.planned', key: 'tenant/1' }]);
  expect(await control.list(publishKeys.allTold)).toEqual([]);
  await publisher.dreamTold(tenant, { ...event, id: 'evt_2', type: 'dream.applied' });
  await settle();
  expect(topic.events).toHaveLength(2);
  // By another server, over the same store.
  await open().dreamTold(tenant, { ...event, id: 'evt_3', type: 'dream.undone' });
  await settle(31_000);
  expect(topic.events.at(-1)).toMatchObject({ id: 'evt_3', type: 'dream.undone' });
  await publisher.close();
});

test('a tenant with much to publish does not keep another one waiting', async () => {
  const { open, store, topic } = openWorld();
  for (let n = 1; n <= 900; n++) await store(n);
  await store(901, 'home', 'other' as TenantId);
  const publisher = open();
  publisher.start();
  await settle();
  expect(topic.events.findIndex(({ key }) => key === 'other/2')).toBeLessThan(200);
  expect(numbers(topic.events.filter(({ key }) => key === 'tenant/1'))).toHaveLength(900);
  expect(Math.max(...topic.calls)).toBeLessThan(700);
  await publisher.close();
});

test('a namespace that cannot be read keeps no other one waiting', async () => {
  const { open, store, topic, records, logged } = openWorld();
  for (const name of ['broken', 'well']) await store(1, name);
  const broken: typeof records = {
    ...{ ...records, status: () => records.status(), close: () => records.close() },
    namespaces: (after, limit) => records.namespaces(after, limit),
    open: (of) => {
      const opened = records.open(of);
      const index = opened.index.bind(opened);
      opened.index = (no, generation) => {
        if (no === 1) throw new Error('damaged');
        return index(no, generation);
      };
      return opened;
    },
  };
  const publisher = open({ records: broken });
  publisher.start();
  await settle(60_000);
  await store(2, 'well');
  await settle(60_000);
  expect(numbers(topic.events.filter(({ key }) => key === 'tenant/2'))).toEqual([1, 2]);
  expect(logged.length).toBeGreaterThan(0);
  await publisher.close();
});

test('a store that takes no writes makes nothing come twice', async () => {
  const { open, store, topic, control } = openWorld();
  let failures = 5;
  const full: typeof control = {
    get: (key) => control.get(key),
    list: (prefix, page) => control.list(prefix, page),
    delete: (key) => control.delete(key),
    async putIfVersion(...asked) {
      failures -= 1;
      if (failures >= 0) throw new Error('the disk is full');
      return control.putIfVersion(...asked);
    },
  };
  const publisher = open({ control: full });
  publisher.start();
  await store(1);
  await settle(1_000);
  expect(publisher.status.ok).toBe(false);
  await store(2);
  await settle(30_000);
  expect(numbers(topic.events)).toEqual([1, 2]);
  expect(publisher.status).toMatchObject({ ok: true, behind: 0 });
  await publisher.close();
});

test('two at once leave no gap, and no cursor goes back', async () => {
  const { open, store, topic, control } = openWorld();
  const moves: number[] = [];
  const watched: typeof control = {
    get: (key) => control.get(key),
    list: (prefix, page) => control.list(prefix, page),
    delete: (key) => control.delete(key),
    async putIfVersion(key, value, expected) {
      await settleSoon();
      const version = await control.putIfVersion(key, value, expected);
      if (version !== undefined) moves.push(JSON.parse(value).seq);
      return version;
    },
  };
  const two = [open({ control: watched }), open({ control: watched })];
  for (const publisher of two) publisher.start();
  for (let n = 1; n <= 300; n++) {
    await store(n);
    if (n % 7 === 0) await settle();
  }
  for (let i = 0; i < 100; i++) {
    await settleSoon();
    await settle();
  }
  expect(numbers(unique(topic.events))).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  expect(moves).toEqual([...moves].sort((a, b) => a - b));
  expect(moves.at(-1)).toBe(300);
  for (const publisher of two) await publisher.close();
});

const settleSoon = () => new Promise((resolve) => setImmediate(resolve));

test('whatever fails and ends in between, nothing is missing or out of order', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('store' as const), namespace: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constantFrom('away', 'lost', 'back', 'restart', 'wait' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { open, store, topic } = openWorld();
      let publisher = open();
      publisher.start();
      const fail = () => {
        throw new Error('it failed');
      };
      const well = () => undefined;
      const stored = new Map<string, number>();
      let n = 0;
      for (const one of steps) {
        if (one.kind === 'store') {
          n += 1;
          const no = await store(n, `n${one.namespace}`);
          stored.set(`tenant/${no}`, (stored.get(`tenant/${no}`) ?? 0) + 1);
        }
        if (one.kind === 'away') topic.before = fail;
        if (one.kind === 'lost') topic.after = fail;
        if (one.kind === 'back') Object.assign(topic, { before: well, after: well });
        if (one.kind === 'wait') await settle(1_000);
        if (one.kind === 'restart') {
          const stopping = publisher.stop();
          await settle(2_000);
          await stopping;
          publisher = open();
          publisher.start();
        }
      }
      Object.assign(topic, { before: well, after: well });
      await settle(20_000);
      for (const [key, count] of stored) {
        const told = unique(topic.events.filter((event) => event.key === key));
        expect(numbers(told)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      }
      await publisher.close();
    }),
    { numRuns: 50 },
  );
});
