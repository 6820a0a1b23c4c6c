/** Cursors of before a restore: they lead nowhere, and never past what was written since. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Served, World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

/** So many items of the events of Ann, behind a cursor. */
async function itemsAfter({ client }: Served, after: string, count: number) {
  const items: { kind: string; cursor: string; reason?: string }[] = [];
  for await (const item of client.events({ namespace: 'ann', after })) {
    items.push(item);
    if (items.length === count) break;
  }
  return items;
}

const storeMany = async ({ client }: Served, count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) {
    await client.store({ value: `Ann counts to ${i}.`, namespace: 'ann' });
  }
};

test('who was further than the backup is told so, and misses nothing', async () => {
  const first = await world.serve('data');
  await storeMany(first, 4);
  await first.backup(world.path('one.tar'));
  await storeMany(first, 3);
  const { client } = first;
  const [seen] = (await itemsAfter(first, '0', 7)).slice(-1);
  const { nextCursor } = await client.listPage({ namespace: 'ann', limit: 2 });
  await first.close();

  await world.restore('one.tar', 'again');
  const again = await world.serve('again');
  // More than the reader has seen: by their numbers alone it would go on behind the first of them.
  await storeMany(again, 6);
  const [item] = await itemsAfter(again, seen?.cursor ?? '', 1);
  expect(item).toMatchObject({ kind: 'reset', reason: 'cursor_unknown' });
  const listed = again.client.listPage({ namespace: 'ann', cursor: nextCursor ?? '' });
  await expect(listed).rejects.toMatchObject({ code: 'invalid_cursor' });
  // A cursor of the restored store is one of its own, and so is that of the reset.
  expect(await itemsAfter(again, '0', 10)).toHaveLength(10);
  await storeMany(again, 1);
  expect(await itemsAfter(again, item?.cursor ?? '', 1)).toMatchObject([{ kind: 'event' }]);
  await again.close();
  expect(await world.failedChecks('again')).toEqual([]);

  // The same backup once more is a third history.
  await world.restore('one.tar', 'third');
  const third = await world.serve('third');
  await storeMany(third, 8);
  const [other] = await itemsAfter(third, item?.cursor ?? '', 1);
  expect(other).toMatchObject({ kind: 'reset', reason: 'cursor_unknown' });
});
