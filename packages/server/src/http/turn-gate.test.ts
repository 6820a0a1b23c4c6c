import { expect, test } from 'vitest';
import { createTurnGate } from './turn-gate.ts';

test('a single request goes on at once', () => {
  expect(createTurnGate().enter()).toBeUndefined();
});

function open(budgetMs: number) {
  let now = 0;
  const gate = createTurnGate(budgetMs, () => now);
  const log: string[] = [];
  /** Holds the loop for two milliseconds once it is let in. */
  const request = async (name: string): Promise<void> => {
    await gate.enter();
    log.push(name);
    now += 2;
  };
  /** One after another within a turn of the loop: each arrives when the one before has worked. */
  const arrive = async (names: readonly string[]): Promise<void> => {
    const requests: Promise<void>[] = [];
    for (const name of names) {
      requests.push(request(name));
      await Promise.resolve();
    }
    setImmediate(() => log.push('other'));
    await Promise.all(requests);
  };
  return { arrive, log };
}

test('requests that hold the loop let others in between, in order of arrival', async () => {
  const { arrive, log } = open(1);
  await arrive(['a', 'b', 'c']);
  expect(log).toEqual(['a', 'b', 'other', 'c']);
});

test('within the budget they go on one after another', async () => {
  const { arrive, log } = open(5);
  await arrive(['a', 'b', 'c', 'd']);
  expect(log).toEqual(['a', 'b', 'c', 'd']);
});

test('after its turn a request opens a new one', async () => {
  const { arrive, log } = open(1);
  await arrive(['a', 'b']);
  await new Promise((resolve) => setImmediate(resolve));
  await arrive(['c', 'd']);
  expect(log).toEqual(['a', 'b', 'other', 'c', 'd']);
});
