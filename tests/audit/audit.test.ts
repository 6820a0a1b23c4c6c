/** What an audit counts, and that it stays out of the way of others. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuditRequest } from '../../packages/server/src/engine/audit/audit.ts';
import { hourMs, openTestEngine } from '../context/open-test-engine.ts';

let it: Awaited<ReturnType<typeof openTestEngine>>;
beforeEach(async () => {
  it = await openTestEngine();
});
afterEach(() => it.close());

const report = (more: Partial<AuditRequest> = {}) =>
  it.engine.audit(it.scope, { namespace: it.ann, timeMs: 2_000, examplesMax: 20, ...more });
const dayMs = 24 * hourMs;

test('what a search or a context shows is recalled, a list is not', async () => {
  const found = await it.store('Clara restores old pianos in Ghent.');
  const cited = await it.store('Biscuit the greyhound likes liver sausage.', { pinned: true });
  const never = await it.store('The bakery closes at noon.');
  await it.engine.recall(it.scope, { ...it.question('pianos'), limit: 1 });
  await it.context('What does Biscuit like?', { limit: 1 });
  await it.engine.recall(it.scope, it.question(' '));
  const { never_recalled } = (await report()).classes;
  expect(never_recalled.examples.map(({ id }) => id)).toEqual([never.id]);
  expect(never_recalled.examples).not.toContainEqual({ id: found.id });
  expect(never_recalled.examples).not.toContainEqual({ id: cited.id });
});

test('old memories that nobody recalled are stale, pinned and recalled ones are not', async () => {
  const old = await it.store('The bakery closes at noon.');
  await it.store('Biscuit is a greyhound.', { pinned: true });
  await it.store('Clara restores old pianos.');
  await it.engine.recall(it.scope, { ...it.question('pianos'), limit: 1 });
  expect((await report()).classes.stale.count).toBe(0);
  it.pass(91 * dayMs);
  await it.store('A new one.');
  const { stale } = (await report()).classes;
  expect(stale).toMatchObject({ count: 1, reasons: { old_never_recalled: 1 } });
  expect(stale.examples).toEqual([{ id: old.id, reason: 'old_never_recalled' }]);
});

test('what is hidden is no duplicate, and short facts of two keys are none', async () => {
  await it.store('blue', { key: 'favourite_colour' });
  await it.store('blue', { key: 'colour_of_the_car' });
  await it.store('Lives in Porto near the river.', { key: 'home' });
  await it.store('Lives in Lisbon near the river.', { key: 'home' });
  await it.store('Lives in Porto near the river.');
  await it.store('Says the same thing.', { speaker: 'Ann' });
  await it.store('Says the same thing.', { speaker: 'Bob' });
  await it.change(await it.store('It is archived and there twice.'), { archived: true });
  await it.store('It is archived and there twice.');
  const { classes } = await report();
  expect(classes.duplicates.count).toBe(0);
  expect(classes.superseded.count).toBe(1);
  await it.store('LIVES in Porto, near the river');
  expect((await report()).classes.duplicates).toMatchObject({ count: 1 });
});

test('the time budget ends it, and it says what was looked at', async () => {
  for (let i = 0; i < 100; i += 1) await it.store(`Memory number ${i} of many.`);
  const none = await report({ timeMs: 0 });
  expect(none).toMatchObject({ memories: 100, lookedAt: 0, isComplete: false });
  expect(await report()).toMatchObject({ lookedAt: 100, isComplete: true });
});

test('ids are bounded, counts are not', async () => {
  for (let i = 0; i < 30; i += 1) await it.store('Thank you, that is all for today.');
  const { duplicates } = (await report()).classes;
  expect(duplicates.count).toBe(29);
  expect(duplicates.examples).toHaveLength(20);
});

test('the event loop goes round while many long memories are looked at', async () => {
  const long = (i: number) => `Memory ${i}. ${`Sentence number ${i} of the text. `.repeat(60)}`;
  for (let i = 0; i < 300; i += 1) await it.store(long(i), { key: `k${i}` });
  let rounds = 0;
  let isOver = false;
  const turn = (): void => {
    rounds += 1;
    if (!isOver) setImmediate(turn);
  };
  turn();
  const start = performance.now();
  await report();
  isOver = true;
  // A turn takes 2 ms and the rest of one memory; a busy machine makes it longer.
  expect(rounds).toBeGreaterThan((performance.now() - start) / 40);
});
