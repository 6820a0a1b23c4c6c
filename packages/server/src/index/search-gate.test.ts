import { expect, test } from 'vitest';
import { createSearchGate } from './search-gate.ts';

function hold(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('the event loop goes round between tasks that hold it for long', async () => {
  const gate = createSearchGate(2);
  const order: string[] = [];
  const tasks = Promise.all(
    [1, 2, 3, 4].map((n) =>
      gate.run(() => {
        hold(3);
        order.push(`task ${n}`);
        return n;
      }),
    ),
  );
  setImmediate(() => order.push('other work'));
  expect(await tasks).toEqual([1, 2, 3, 4]);
  expect(order.indexOf('other work')).toBeLessThan(order.indexOf('task 3'));
  expect(order.filter((entry) => entry !== 'other work')).toEqual(
    [1, 2, 3, 4].map((n) => `task ${n}`),
  );
});

test('short tasks run at once, and an error stays with its own task', async () => {
  const gate = createSearchGate(50);
  let ran = 0;
  const good = gate.run(() => {
    ran += 1;
  });
  const bad = gate.run(() => {
    throw new Error('broken');
  });
  expect(ran).toBe(1);
  await expect(bad).rejects.toThrow('broken');
  await good;
});
