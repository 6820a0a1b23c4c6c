import { expect, test } from 'vitest';
import { FairSlots } from './fair-slots.ts';

function counted(max: number) {
  const slots = new FairSlots(max);
  const begun: string[] = [];
  const take = (name: string) =>
    void slots.take(name.charAt(0)).then(() => {
      begun.push(name);
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { slots, begun, take, settle };
}

test('who has none comes before who has one, and else who waits the longest', async () => {
  const { slots, begun, take, settle } = counted(2);
  for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2']) take(name);
  await settle();
  // Nobody else waited when they came.
  expect(begun).toEqual(['a1', 'a2']);
  for (const who of ['a', 'b', 'c', 'b', 'a']) {
    slots.free(who);
    await settle();
  }
  // As long as a has a place, the others share the second one.
  expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'b2', 'a3', 'a4']);
});

test('a place that nobody waits for is free', async () => {
  const { slots, begun, take, settle } = counted(1);
  take('a1');
  await settle();
  slots.free('a');
  take('b1');
  take('b2');
  await settle();
  expect(begun).toEqual(['a1', 'b1']);
  slots.free('b');
  await settle();
  expect(begun).toEqual(['a1', 'b1', 'b2']);
});
