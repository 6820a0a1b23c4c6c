import { expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { TenantQueue } from './tenant-queue.ts';

const of = (tenant: string, namespaceNo: number, since = 0) => {
  return { tenant: tenant as TenantId, namespaceNo, behind: 1, since };
};

test('tenants take turns, and so do the namespaces of each', () => {
  const queue = new TenantQueue(10);
  for (const no of [1, 2, 3]) queue.note(of('a', no));
  queue.note(of('b', 4));
  queue.note(of('c', 5));
  const taken = Array.from({ length: 6 }, () => queue.take()?.namespaceNo);
  expect(taken).toEqual([1, 4, 5, 2, 3, undefined]);
});

test('what is noted twice counts twice and is as old as the first', () => {
  const queue = new TenantQueue(10);
  queue.note(of('a', 1, 5));
  queue.note(of('a', 1, 9));
  expect([...queue]).toEqual([{ ...of('a', 1, 5), behind: 2 }]);
  queue.put({ ...of('a', 1, 7), behind: 9 });
  expect(queue.get(1)).toEqual({ ...of('a', 1, 7), behind: 9 });
});

test('a full one takes no other namespace, and those that it has', () => {
  const queue = new TenantQueue(2);
  expect([1, 2, 3].map((no) => queue.note(of('a', no)))).toEqual([true, true, false]);
  expect(queue.note(of('a', 2))).toBe(true);
  expect(queue.size).toBe(2);
  queue.take();
  expect(queue.note(of('a', 3))).toBe(true);
});
