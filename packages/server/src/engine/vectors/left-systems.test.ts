/** Systems that were left: what they still have is known until they were emptied. */

import { expect, test, vi } from 'vitest';
import { done, erase, FakeClock, named, put } from '../../backends/contract/fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import { openEphemeralVectorIndex } from '../../backends/ephemeral/ephemeral-vector-index.ts';
import type { TenantId } from '../../domain/memory.ts';
import { encodeVectors } from '../../index/vectors-codec.ts';
import type { VectorIndexPort } from '../../ports/vector-index.ts';
import { Generations } from '../embed/generations.ts';
import { listFeeds } from './feed-document.ts';
import { forgetSystem, keepersOf, listLeft, listPlaces } from './left-systems.ts';
import { VectorFeed } from './vector-feed.ts';

const tenant = 'tenant' as TenantId;
const dimension = 4;
const soon = { timeout: 10_000, interval: 10 };

async function openStore() {
  const clock = new FakeClock();
  const { records, control } = openEphemeralStore({ clock });
  const embedder = {
    ...{ model: 'one', dimension, isInstant: true },
    embed: async (texts: readonly string[]) => texts.map(() => new Float32Array(dimension)),
  };
  const generations = await Generations.open(control, [embedder]);
  const generation = generations.target.no;
  const handle = records.open(tenant);
  const vector = { scale: 1 / 127, values: new Int8Array(dimension).fill(64) };
  const vectors = encodeVectors([{ start: 0, end: 1, vector }]);
  const commit = async (ops: Parameters<typeof handle.commit>[1]['ops']) =>
    done(await handle.commit(named('home'), { generation, ops })).namespace;
  const ops = Array.from({ length: 12 }, (_, i) => ({
    ...put(i + 1),
    vectors: [{ generation, vectors }],
  }));
  const { no } = await commit(ops);
  return {
    ...{ control, no, handle },
    place: { tenant, namespaceNo: no, generation },
    erase: async (ordinal: number) => (await commit([erase(ordinal, 1)])).seq,
    remove: async () => {
      for (let ordinal = 1; ordinal <= 12; ordinal += 1) {
        await handle.commit(named('home'), { generation, ops: [erase(ordinal, 1)] });
      }
      expect(await handle.remove(no)).toBe(true);
    },
    /** A server runs with the system until everything is there, or gone. */
    run: async (system: string, index: VectorIndexPort) => {
      const options = { records, control, index, generations, clock, from: 10, log: () => {} };
      const feed = new VectorFeed({ ...options, system, lateMs: 1_000 });
      feed.start();
      const isThere = async () => {
        const [first] = await listFeeds(control);
        const state = await handle.index(no, generation).state();
        const own = (await listLeft(control)).filter(({ state: left }) => left.system === system);
        expect(own).toEqual([]);
        if (state.epoch === 0) expect(first).toBeUndefined();
        else expect(first?.state).toMatchObject({ system, phase: 'follow', seq: state.seq });
      };
      await vi.waitFor(isThere, soon);
      await feed.stop();
    },
    keep: async (seq: number, isGone = false) =>
      keepersOf(await listPlaces(control), no, { seq, isGone }),
  };
}

test('what is forgotten after a system was left is kept there until it was emptied', async () => {
  const store = await openStore();
  const [first, second] = [openEphemeralVectorIndex(), openEphemeralVectorIndex()];
  await store.run('first', first);
  const before = await store.erase(1);
  await store.run('first', first);
  await store.run('second', second);
  const after = await store.erase(2);
  await store.run('second', second);
  // Somebody took it out where it had been, while that was in use.
  expect(await store.keep(before)).toEqual([]);
  expect(await store.keep(after)).toEqual(['first']);
  expect(await first.count(store.place)).toBe(11);
  await forgetSystem(store.control, { system: 'first', identity: 'of nobody' });
  expect(await store.keep(after)).toEqual([]);
});

test('a system that is used again is emptied before it is filled', async () => {
  const store = await openStore();
  const [first, second] = [openEphemeralVectorIndex(), openEphemeralVectorIndex()];
  await store.run('first', first);
  await store.run('second', second);
  const seq = await store.erase(2);
  // It may have another address by now.
  await store.run('first, which has moved', first);
  expect(await first.count(store.place)).toBe(11);
  expect(await store.keep(seq)).toEqual(['second']);
  await store.run('second', second);
  const later = await store.erase(3);
  await store.run('second', second);
  expect(await store.keep(later)).toEqual(['first, which has moved']);
});

test('a namespace that goes after its system was left is not taken for gone there', async () => {
  const store = await openStore();
  const [first, second] = [openEphemeralVectorIndex(), openEphemeralVectorIndex()];
  await store.run('first', first);
  // Nothing is searched elsewhere meanwhile.
  await store.remove();
  expect(await store.keep(99, true)).toEqual(['first']);
  await store.run('second', second);
  expect(await store.keep(99, true)).toEqual(['first']);
  expect(await first.count(store.place)).toBe(12);
  await store.run('first', first);
  expect(await store.keep(99, true)).toEqual([]);
  expect(await first.count(store.place)).toBe(0);
});

test('a system that was made anew at its place has nothing left of before', async () => {
  const store = await openStore();
  await store.run('first', openEphemeralVectorIndex());
  const seq = await store.erase(2);
  await store.run('first', openEphemeralVectorIndex());
  expect(await store.keep(seq)).toEqual([]);
});
