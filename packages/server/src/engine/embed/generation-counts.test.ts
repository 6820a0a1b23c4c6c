/** Counts that are as new as they may cost. */
import { expect, test } from 'vitest';
import type { RecordsPort } from '../../ports/records.ts';
import { CountedGenerations } from './generation-counts.ts';

function counted(pending: () => number | Promise<number>) {
  let now = 0;
  const asked: number[] = [];
  const counts = async (generation: number) => {
    asked.push(generation);
    return { namespaces: 0, pending: await pending() };
  };
  const vectors: Partial<RecordsPort['vectors']> = { counts };
  const records = { vectors } as Pick<RecordsPort, 'vectors'>;
  return {
    asked,
    of: new CountedGenerations(records, () => now),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('a count of little is taken each time, unless an older one will do', async () => {
  const { asked, of, pass } = counted(() => 3);
  await of.of(1);
  pass(1);
  await of.of(1);
  expect(asked).toEqual([1, 1]);
  pass(900);
  await of.of(1, 1000);
  expect(asked).toHaveLength(2);
  pass(200);
  await of.of(1, 1000);
  expect(asked).toHaveLength(3);
});

test('a count of much holds for fifty times what it takes', async () => {
  const { asked, of, pass } = counted(() => 100_000);
  expect((await of.of(1)).pending).toBe(100_000);
  pass(4_990);
  await of.of(1, 1000);
  expect(asked).toHaveLength(1);
  await of.of(2);
  pass(20);
  await of.of(1);
  expect(asked).toEqual([1, 2, 1]);
});

test('who asks together gets one count, and a failure is not kept', async () => {
  let fails = true;
  const { asked, of } = counted(async () => {
    if (fails) throw new Error('busy');
    return 1;
  });
  const both = await Promise.allSettled([of.of(1), of.of(1)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(asked).toEqual([1]);
  fails = false;
  expect((await of.of(1)).pending).toBe(1);
});
