import { expect, test } from 'vitest';
import { put } from '../../backends/contract/fixtures.ts';
import { openEphemeralVectorIndex } from '../../backends/ephemeral/ephemeral-vector-index.ts';
import type { ControlPort } from '../../ports/control.ts';
import { feedKey, mayKeepVectors, readFeed } from './feed-document.ts';
import { openFeeding, vectorsOf } from './feeding.test.helper.ts';
import { PlaceFeed } from './place-feed.ts';

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
  await expectSame(feeding, no);
  expect((await feeding.compared(no)).found).not.toContain('6/0');
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
  const fresh = feedOf(feeding, no);
  await finish(fresh);
  await expectSame(feeding, no);
});

test('what another system may still have is known', async () => {
  const feeding = await openFeeding();
  const { no } = await feeding.store(20);
  const may = (seq: number, isGone = false) => mayKeepVectors(feeding.control, no, { seq, isGone });
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
