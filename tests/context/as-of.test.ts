/** A context of the past tells what was known then, in the words of then. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hourMs, openTestEngine, startMs } from './open-test-engine.ts';

let world: Awaited<ReturnType<typeof openTestEngine>>;
beforeAll(async () => {
  world = await openTestEngine();
});
afterAll(() => world.close());

test('patched turns, archived and replaced facts, and standing ones as they were', async () => {
  const { engine, scope, ann, store } = world;
  const turn = { key: 'chat', mode: 'append' } as const;
  const said = await store('User: my boat is called Heron', turn);
  const pinned = await store('Ann keeps bees.', { key: 'bees', pinned: true });
  const shelved = await store('Ann has a boat in the harbour.', { key: 'boat' });
  world.pass(hourMs);
  const asOf = startMs + hourMs / 2;
  await store('User: another boat will follow', turn);
  const target = (memory: { id: typeof said.id }) => ({ memoryId: memory.id, namespace: ann });
  await engine.update(scope, target(said), { value: 'User: my boat is called Osprey' });
  await engine.update(scope, target(pinned), { pinned: false });
  await engine.setArchived(scope, target(shelved), true);
  const ask = async (filter: { asOf?: number }) =>
    (await world.context('What is the boat called?', { filter })).text;
  const now = await ask({});
  expect(now).toContain('Osprey');
  expect(now).toContain('another boat');
  for (const gone of ['Heron', 'bees', 'harbour']) expect(now).not.toContain(gone);
  const then = await ask({ asOf });
  for (const known of ['Heron', 'bees', 'harbour']) expect(then).toContain(known);
  for (const later of ['Osprey', 'another boat']) expect(then).not.toContain(later);
});
