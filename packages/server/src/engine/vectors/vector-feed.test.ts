import { expect, test, vi } from 'vitest';
import { named } from '../../backends/contract/fixtures.ts';
import { listFeeds } from './feed-document.ts';
import { openFeeding, tenant } from './feeding.test.helper.ts';
import { OutsidePlaces } from './outside-vectors.ts';
import { VectorFeed } from './vector-feed.ts';

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
