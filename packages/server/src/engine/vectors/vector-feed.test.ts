/** The feed of vectors: at every step, alone and with another one, and what an index is told. */

import { expect, test, vi } from 'vitest';
import { done, erase, FakeClock, named, patch, put } from '../../backends/contract/fixtures.ts';
import { unitVector } from '../../backends/contract/vector-fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import { openEphemeralVectorIndex } from '../../backends/ephemeral/ephemeral-vector-index.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import { decodeVectors, encodeVectors } from '../../index/vectors-codec.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { Embedder } from '../../ports/embedder.ts';
import type { RowVectors } from '../../ports/records.ts';
import type { VectorIndexPort, VectorPlace } from '../../ports/vector-index.ts';
import { Generations } from '../embed/generations.ts';
import { feedKey, listFeeds, readFeed } from './feed-document.ts';
import { keepersOf, listPlaces } from './left-systems.ts';
import { OutsidePlaces } from './outside-vectors.ts';
import { PlaceFeed } from './place-feed.ts';
import { VectorFeed } from './vector-feed.ts';

const tenant = 'tenant' as TenantId;
const home = named('home');
const dimension = 8;
const lateMs = 120_000;
const embedder = (model: string): Embedder => ({
  model,
  dimension,
  isInstant: true,
  embed: async (texts) => texts.map(() => new Float32Array(dimension)),
});

/** Vectors of so many passages, which `seed` tells apart. */
function vectorsOf(seed: number, passages = 1): Uint8Array {
  let state = seed + 1;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return encodeVectors(
    Array.from({ length: passages }, (_, start) => {
      const values = Int8Array.from(unitVector(random, dimension), (value) => value * 127);
      return { start, end: start + 1, vector: { scale: 1 / 127, values } };
    }),
  );
}

/** The types are lost on the way through the stand-in. */
const asPut = (place: unknown, memories: unknown) =>
  [place, memories] as Parameters<VectorIndexPort['put']>;

/** A system that may be away, and in whose calls a test may slip something in. */
function openStandIn() {
  const inside = { index: openEphemeralVectorIndex(), isAway: false };
  /** Called before each put; a test may slip something in between. */
  const during = {
    put: async (..._: Parameters<VectorIndexPort['put']>): Promise<void> => {},
    drop: async (): Promise<void> => {},
  };
  const index = new Proxy(inside.index, {
    get: (_, name) => {
      const { index: system } = inside;
      if (name === 'name') return 'stand-in';
      return async (...given: unknown[]): Promise<unknown> => {
        if (inside.isAway) throw new MemoryError('store_unavailable', 'It is away.');
        const [place, memories] = given;
        if (name === 'put') await during.put(...asPut(place, memories));
        if (name === 'drop') await during.drop();
        const method: unknown = Reflect.get(system, name);
        return typeof method === 'function' ? method.apply(system, given) : undefined;
      };
    },
  }) satisfies VectorIndexPort;
  return { inside, during, index };
}

async function openFeeding() {
  const clock = new FakeClock();
  const { records, control } = openEphemeralStore({ clock });
  await Generations.open(control, [embedder('old')]);
  const generations = await Generations.open(control, [embedder('new'), embedder('old')]);
  const generation = generations.target.no;
  const { inside, during, index } = openStandIn();
  const handle = records.open(tenant);
  const made = (n: number, passages = 1): RowVectors[] =>
    generations.kept.map(({ no }) => ({ generation: no, vectors: vectorsOf(n * no, passages) }));
  const commit = async (ops: Parameters<typeof handle.commit>[1]['ops'], name = home) =>
    done(await handle.commit(name, { generation, ops })).namespace;
  const place = (namespaceNo: number, of = generation): VectorPlace => ({
    ...{ tenant, namespaceNo, generation: of },
  });
  /** Passages that the system has, each with the vector of its row, and those it should have. */
  const compared = async (namespaceNo: number, of = generation) => {
    const rows = await handle.index(namespaceNo, of).analysesBetween(1, 10_000, 10_000);
    const system = inside.index;
    const found: string[] = [];
    const right: string[] = [];
    for (const { ordinal, vectors } of rows) {
      for (const [passage, each] of decodeVectors(vectors ?? new Uint8Array()).entries()) {
        if (each === null) continue;
        right.push(`${ordinal}/${passage}`);
        const own = Float32Array.from(each.values, (value) => value * each.scale);
        const [nearest] = await system.search(place(namespaceNo, of), own, 1);
        if (nearest) found.push(`${nearest.ordinal}/${nearest.passage}`);
      }
    }
    const count = await system.count(place(namespaceNo, of));
    return { right: [...right, right.length], found: [...found, count] };
  };
  return {
    ...{ clock, records, control, generations, generation, inside, during, index, handle },
    ...{ made, commit, place, compared },
    options: {
      ...{ records, control, index, generations, clock, from: 10, log: () => {} },
      ...{ system: 'here', lateMs },
    },
    /** Whether the system may still have vectors of what was erased up to now. */
    keeps: async (namespaceNo: number) => {
      const { seq } = await handle.index(namespaceNo, generation).state();
      return keepersOf(await listPlaces(control), namespaceNo, { seq, isGone: false }).length > 0;
    },
    /** So many memories, one after the other. */
    store: (count: number, from = 1, name: NamespaceName = home) =>
      commit(
        Array.from({ length: count }, (_, i) => ({
          ...put(from + i),
          vectors: made(from + i, 1 + (i % 3)),
        })),
        name,
      ),
    erase: (ordinal: number, version = 1) => commit([erase(ordinal, version)]),
    rewrite: (ordinal: number, version = 1) =>
      commit([
        patch(ordinal, version, { body: new Uint8Array([1]), vectors: made(ordinal + 500, 2) }),
      ]),
  };
}

type Feeding = Awaited<ReturnType<typeof openFeeding>>;

const feedOf = (feeding: Feeding, namespaceNo: number, id = 'one'): PlaceFeed =>
  new PlaceFeed(feeding.options, feeding.place(namespaceNo), 8, id);

async function finish(feed: PlaceFeed): Promise<void> {
  for (let steps = 0; steps < 100; steps += 1) if (!(await feed.step())) return;
  throw new Error('It never ends.');
}

async function expectSame(feeding: Feeding, namespaceNo: number): Promise<void> {
  const { right, found } = await feeding.compared(namespaceNo);
  expect(found).toEqual(right);
  expect(right.length).toBeGreaterThan(1);
}

test('a namespace is filled, and followed from then on', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(30);
  const feed = feedOf(feeding, no);
  await finish(feed);
  expect(feed.isComplete).toBe(true);
  await expectSame(feeding, no);
  await feeding.store(5, 31);
  await feeding.erase(3);
  await feeding.rewrite(4);
  await finish(feed);
  await expectSame(feeding, no);
  const { seq } = await feeding.handle.index(no, feeding.generation).state();
  expect((await readFeed(feeding.control, feeding.place(no)))?.state).toMatchObject({
    ...{ phase: 'follow', seq },
  });
});

test('vectors that come later are brought when they come', async () => {
  const feeding = await openFeeding();
  const { generation, commit, records } = feeding;
  const waiting = { ...put(99), vectors: [{ generation, vectors: null }] };
  const { no } = await feeding.store(3);
  await commit([waiting]);
  const feed = feedOf(feeding, no);
  await finish(feed);
  expect((await feeding.compared(no)).found).not.toContain('4/0');
  const late = { namespaceNo: no, ordinal: 4, version: 1, vectors: vectorsOf(77) };
  expect(await records.vectors.save(generation, [late])).toBe(1);
  await finish(feed);
  await expectSame(feeding, no);
  expect((await feeding.compared(no)).found).toContain('4/0');
});

test('a process that ends after any step is followed by one that goes on', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(20);
  for (let life = 0; life < 30; life += 1) {
    if (life === 2) await feeding.erase(7);
    if (life === 3) await feeding.store(4, 50);
    if (life === 5) await feeding.rewrite(8);
    feeding.clock.time += 60_000;
    await feedOf(feeding, no, `life ${life}`).step();
  }
  await expectSame(feeding, no);
});

test('one that dies between a put and its note puts again', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(20);
  const first = feedOf(feeding, no);
  await first.step();
  await first.step();
  const { control } = feeding.options;
  const dying: ControlPort = {
    get: (key) => control.get(key),
    putIfVersion: () => Promise.reject(new Error('kill -9')),
    delete: (key) => control.delete(key),
    list: (prefix) => control.list(prefix),
  };
  const dead = new PlaceFeed({ ...feeding.options, control: dying }, feeding.place(no), 8, 'one');
  await expect(dead.step()).rejects.toThrow('kill -9');
  await feeding.erase(5);
  await finish(feedOf(feeding, no));
  await expectSame(feeding, no);
});

test('of two at once the slower one does not bring back what is gone', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(20);
  const [slow, fast] = [feedOf(feeding, no, 'slow'), feedOf(feeding, no, 'fast')];
  await finish(slow);
  await feeding.rewrite(6);
  // Between what the slow one reads and what it puts, the row goes, and the fast one is through.
  feeding.during.put = async () => {
    feeding.during.put = async () => {};
    await feeding.erase(6, 2);
    feeding.clock.time += 60_000;
    await finish(fast);
  };
  await slow.step();
  // It has brought the row back, and says so: until that is mended nothing counts as gone.
  expect(await feeding.keeps(no)).toBe(true);
  feeding.clock.time += lateMs;
  await finish(fast);
  await expectSame(feeding, no);
  expect((await feeding.compared(no)).found).not.toContain('6/0');
  expect(await feeding.keeps(no)).toBe(false);
});

/** The next put is given up, and carried out when the answer is called. */
function giveUpPut(feeding: Feeding): () => Promise<unknown> {
  let late: () => Promise<unknown> = async () => undefined;
  feeding.during.put = async (...given) => {
    feeding.during.put = async () => {};
    late = () => feeding.inside.index.put(...given);
    throw new MemoryError('store_unavailable', 'It did not answer in time.');
  };
  return () => late();
}

test.each(['the same process', 'another one'])(
  'a put that is carried out after %s has gone on brings nothing back for long',
  async (who) => {
    const feeding = await openFeeding();
    const { no } = await feeding.store(20);
    const first = feedOf(feeding, no, 'first');
    await finish(first);
    await feeding.rewrite(6);
    const carryOut = giveUpPut(feeding);
    await expect(first.step()).rejects.toThrow('did not answer');
    await feeding.erase(6, 2);
    feeding.clock.time += 60_000;
    const next = who === 'another one' ? feedOf(feeding, no, 'next') : first;
    await finish(next);
    await expectSame(feeding, no);
    await carryOut();
    // It is back, which nobody knows but who expects it.
    expect((await feeding.compared(no)).found.at(-1)).not.toBe(
      (await feeding.compared(no)).right.at(-1),
    );
    expect(await feeding.keeps(no)).toBe(true);
    feeding.clock.time += lateMs;
    await finish(next);
    await expectSame(feeding, no);
    expect(await feeding.keeps(no)).toBe(false);
  },
);

test('who has lost the place puts no more of what it has read', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(600);
  const [slow, fast] = [feedOf(feeding, no, 'slow'), feedOf(feeding, no, 'fast')];
  await slow.step();
  await slow.step();
  let puts = 0;
  feeding.during.put = async () => {
    puts += 1;
    if (puts > 1) return;
    // The process stands still here, as on a laptop that was closed.
    feeding.clock.time += 60_000;
    await fast.step();
    puts = 1;
  };
  await slow.step();
  expect(puts).toBe(1);
  feeding.during.put = async () => {};
  feeding.clock.time += lateMs;
  await finish(fast);
  await expectSame(feeding, no);
});

test('a drop that comes late takes nothing away for good', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(20);
  const [slow, fast] = [feedOf(feeding, no, 'slow'), feedOf(feeding, no, 'fast')];
  await slow.step();
  feeding.during.drop = async () => {
    feeding.during.drop = async () => {};
    feeding.clock.time += 60_000;
    await finish(fast);
  };
  await slow.step();
  expect((await feeding.compared(no)).found).toEqual([0]);
  feeding.clock.time += lateMs;
  await finish(fast);
  await expectSame(feeding, no);
});

test('a place that somebody silent may still put into is dropped twice', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(12);
  await finish(feedOf(feeding, no, 'silent'));
  await feeding.rewrite(6);
  const carryOut = giveUpPut(feeding);
  await expect(feedOf(feeding, no, 'silent').step()).rejects.toThrow('did not answer');
  const erased = Array.from({ length: 12 }, (_, i) => feeding.erase(i + 1, i === 5 ? 2 : 1));
  await Promise.all(erased);
  expect(await feeding.handle.remove(no)).toBe(true);
  feeding.clock.time += 60_000;
  const feed = new VectorFeed(feeding.options);
  const there = () => feeding.inside.index.count(feeding.place(no));
  feed.start();
  await vi.waitFor(async () => expect(await there()).toBe(0), soon);
  await carryOut();
  expect(await there()).toBe(2);
  expect(await listFeeds(feeding.control)).toHaveLength(1);
  feeding.clock.time += lateMs;
  feed.wake(true);
  await vi.waitFor(async () => expect(await listFeeds(feeding.control)).toEqual([]), soon);
  expect(await there()).toBe(0);
  await feed.stop();
});

test('while somebody works at it, another one waits', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(20);
  await feedOf(feeding, no, 'one').step();
  const other = feedOf(feeding, no, 'other');
  expect(await other.step()).toBe(false);
  expect(other.isComplete).toBe(false);
  feeding.clock.time += 60_000;
  await finish(other);
  await expectSame(feeding, no);
});

test('a system that was made anew is filled again', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(20);
  const feed = feedOf(feeding, no);
  await finish(feed);
  feeding.inside.index = openEphemeralVectorIndex();
  expect((await feeding.compared(no)).found).toEqual([0]);
  await finish(feed);
  await expectSame(feeding, no);
  // It was prepared too, though the process had prepared the former one.
  const other = feeding.inside.index.prepare(feeding.generation, dimension + 1);
  await expect(other).rejects.toMatchObject({ code: 'setting_invalid' });
});

test('what another system may still have is known', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(20);
  const may = async (seq: number, isGone = false) =>
    keepersOf(await listPlaces(feeding.control), no, { seq, isGone }).length > 0;
  expect(await may(1)).toBe(false);
  const feed = feedOf(feeding, no);
  await feed.step();
  expect(await may(1)).toBe(true);
  await finish(feed);
  expect(await may(20)).toBe(false);
  const { seq } = await feeding.erase(2);
  expect(await may(seq)).toBe(true);
  await finish(feed);
  expect(await may(seq)).toBe(false);
  expect(await may(seq, true)).toBe(true);
  await feeding.control.delete(feedKey(feeding.place(no)));
  expect(await may(seq, true)).toBe(false);
});

const whole = { filling: 0, behind: 0 };
const soon = { timeout: 10_000, interval: 10 };

test('large namespaces are brought, small ones are not', async () => {
  const feeding = await openFeeding();
  const large = await feeding.store(12);
  const small = await feeding.store(9, 100, named('small'));
  const feed = new VectorFeed(feeding.options);
  feed.start();
  await vi.waitFor(() => expect(feed.progress()).toMatchObject({ ...whole, places: 1 }), soon);
  const { right, found } = await feeding.compared(large.no);
  expect(found).toEqual(right);
  expect((await feeding.compared(small.no)).found).toEqual([0]);
  await feeding.erase(2);
  feed.wake();
  await vi.waitFor(async () => {
    const after = await feeding.compared(large.no);
    expect(after.found).toEqual(after.right);
    expect(after.right).not.toContain('2/0');
  }, soon);
  await feed.stop();
});

test('a namespace that is gone leaves the system, and so does a dropped generation', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(12);
  const old = feeding.generations.previous?.no ?? 0;
  const feed = new VectorFeed(feeding.options);
  await feed.complete(tenant, no, old);
  await feed.complete(tenant, no, feeding.generation);
  expect(await feeding.inside.index.count(feeding.place(no, old))).toBeGreaterThan(0);
  await feeding.generations.drop(old);
  feed.start();
  await vi.waitFor(async () => {
    expect(await feeding.inside.index.count(feeding.place(no, old))).toBe(0);
    expect(await listFeeds(feeding.control)).toHaveLength(1);
  }, soon);
  for (let ordinal = 1; ordinal <= 12; ordinal += 1) await feeding.erase(ordinal);
  expect(await feeding.handle.remove(no)).toBe(true);
  feed.wake(true);
  await vi.waitFor(async () => expect(await listFeeds(feeding.control)).toEqual([]), soon);
  expect(await feeding.inside.index.count(feeding.place(no))).toBe(0);
  await feed.stop();
});

test('a system that is away is told of, and brought up to date when it is back', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(12);
  const said: string[] = [];
  const log = (_: string, message: string) => void said.push(message);
  const feed = new VectorFeed({ ...feeding.options, log });
  feeding.inside.isAway = true;
  feed.start();
  await vi.waitFor(() => expect(feed.progress().problem).toBe('It is away.'), soon);
  await expect(feed.complete(tenant, no, feeding.generation)).rejects.toMatchObject({
    code: 'store_unavailable',
  });
  feeding.inside.isAway = false;
  feed.wake();
  await vi.waitFor(() => expect(feed.progress()).toMatchObject({ ...whole, places: 1 }), soon);
  expect(feed.progress().problem).toBeUndefined();
  expect(said.filter((message) => message.includes('cannot be brought'))).toHaveLength(1);
  expect(said).toContain('Vectors are brought to their system again.');
  await feed.stop();
});

test('an index is told what is there, and why there is no answer', async () => {
  const feeding = await openFeeding();
  const { no, epoch } = await feeding.store(12);
  const { index, control } = feeding;
  const open = () => new OutsidePlaces({ index, control, waitMs: 50 }).of(feeding.place(no));
  const query = new Float32Array(8).fill(Math.sqrt(1 / 8));
  expect(await open().confirmed(epoch)).toBeNull();
  expect(await open().near(query, 3)).toBe('vector: the vectors are on their way to stand-in');
  const feed = new VectorFeed(feeding.options);
  await feed.complete(tenant, no, feeding.generation);
  const outside = open();
  expect(await outside.confirmed(epoch)).toEqual({ seq: 12, arrivals: 0 });
  expect(await outside.confirmed(epoch + 1)).toBeNull();
  expect(await outside.near(query, 3)).toHaveLength(3);
  feeding.inside.isAway = true;
  const late = 'vector: stand-in did not answer in time';
  for (let tries = 0; tries < 5; tries += 1) expect(await outside.near(query, 3)).toBe(late);
  feeding.inside.isAway = false;
  // It is left alone for a second, so that nobody waits for it in vain.
  expect(await outside.near(query, 3)).toBe(late);
  await vi.waitFor(async () => expect(await outside.near(query, 3)).toHaveLength(3), soon);
  // Nobody lets go of more while it cannot be told what is there.
  feeding.inside.isAway = true;
  expect(await open().confirmed(epoch)).toEqual({ seq: 12, arrivals: 0 });
});
