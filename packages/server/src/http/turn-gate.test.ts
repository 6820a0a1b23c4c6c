import { expect, test } from 'vitest';
import { createTurnGate } from './turn-gate.ts';

const hold = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

test('a single request goes on at once', () => {
  expect(createTurnGate().enter()).toBeUndefined();
});

test('requests that hold the loop let others in between, in order of arrival', async () => {
  const gate = createTurnGate(1);
  const log: string[] = [];
  const request = async (name: string) => {
    await gate.enter();
    log.push(name);
    hold(2);
  };
  const requests = ['a', 'b', 'c'].map(request);
  setImmediate(() => log.push('other'));
  await Promise.all(requests);
  expect(log.filter((entry) => entry !== 'other')).toEqual(['a', 'b', 'c']);
  expect(log.indexOf('other')).toBeLessThan(2);
});
