import { expect, test } from 'vitest';
import { KeyedMutex } from './mutex.ts';

test('tasks of one name never overlap, tasks of two names may', async () => {
  const mutex = new KeyedMutex();
  const log: string[] = [];
  const task = (name: string) => async () => {
    log.push(`+${name}`);
    await new Promise((resolve) => setImmediate(resolve));
    log.push(`-${name}`);
  };
  await Promise.all([
    mutex.run('a', task('1')),
    mutex.run('a', task('2')),
    mutex.run('b', task('3')),
  ]);
  expect(log.indexOf('-1')).toBeLessThan(log.indexOf('+2'));
  expect(log.indexOf('+3')).toBeLessThan(log.indexOf('-1'));
  expect(mutex.size).toBe(0);
});

test('a failing task lets the next one through', async () => {
  const mutex = new KeyedMutex();
  const failing = mutex.run('a', () => Promise.reject(new Error('no')));
  const next = mutex.run('a', () => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  await expect(next).resolves.toBe('yes');
});
