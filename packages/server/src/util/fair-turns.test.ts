import { expect, test } from 'vitest';
import { createFairTurns } from './fair-turns.ts';

test('a single request goes on at once', () => {
  expect(createFairTurns().enter('a')).toBeUndefined();
});

/** A clock that only work moves, so that the order is the same on every machine. */
function open(budgetMs: number) {
  let now = 0;
  const turns = createFairTurns(budgetMs, () => now);
  const log: string[] = [];
  /** Holds the loop for two milliseconds once it is let in. */
  const request = async (name: string, who = 'tenant'): Promise<void> => {
    await turns.enter(who);
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
  /** Work in parts of two milliseconds each, as an export or a bulk does it. */
  const long = async (name: string, who: string, parts: number): Promise<void> => {
    for (let part = 1; part <= parts; part += 1) {
      await turns.again(who);
      log.push(`${name}${part}`);
      now += 2;
    }
  };
  return { arrive, request, long, log };
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

test('who asks once waits for one turn of another, however many of them wait', async () => {
  const { long, request, log } = open(1);
  const crowd = Array.from({ length: 50 }, (_, i) => long(`noisy ${i} `, 'noisy', 1));
  await Promise.all([...crowd, request('quiet', 'quiet')]);
  expect(log.indexOf('quiet')).toBeLessThanOrEqual(1);
  expect(log.filter((name) => name !== 'quiet')).toEqual(crowd.map((_, i) => `noisy ${i} 1`));
});

test('a request of many steps waits for one turn of another at each', async () => {
  const { request, long, log } = open(1);
  const noisy = Array.from({ length: 20 }, (_, i) => long(`noisy ${i} `, 'noisy', 20));
  const quiet = (async () => {
    for (let step = 1; step <= 3; step += 1) await request(`quiet ${step}`, 'quiet');
  })();
  await quiet;
  expect(log.length).toBeLessThanOrEqual(7);
  await Promise.all(noisy);
});

test('tenants get equal shares, however many requests each of them sends', async () => {
  const { long, log } = open(1);
  const loops = [
    ...Array.from({ length: 10 }, (_, i) => long(`many ${i} `, 'many', 30)),
    long('one ', 'one', 30),
    long('two ', 'two', 30),
  ];
  await Promise.all(loops);
  const begin = log.slice(0, 60);
  for (const who of ['many', 'one', 'two']) {
    const turns = begin.filter((name) => name.startsWith(who)).length;
    expect(turns).toBeGreaterThanOrEqual(19);
    expect(turns).toBeLessThanOrEqual(21);
  }
});

test('what somebody had while nobody else was there does not count', async () => {
  const { long, log } = open(1);
  await long('alone ', 'first', 40);
  await Promise.all([long('first ', 'first', 10), long('second ', 'second', 10)]);
  expect(log.slice(40, 60).filter((name) => name.startsWith('first'))).toHaveLength(10);
  expect(log.slice(40, 46).filter((name) => name.startsWith('first'))).toHaveLength(3);
});
