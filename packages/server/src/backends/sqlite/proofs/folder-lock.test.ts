/** Proof: one process at a time, however the last one ended. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../../contract/fixtures.ts';
import { lockFolder, lockHolder } from '../folder-lock.ts';
import { openSqliteStore } from '../sqlite-store.ts';
import { lockNotePath } from '../store-files.ts';
import { makeTestFolder, type TestFolder } from '../test-folder.ts';
import { type RunningChild, startChild } from './run-child.ts';

const clock = new FakeClock();
let folder: TestFolder;
const started: RunningChild[] = [];
beforeEach(() => {
  folder = makeTestFolder();
});
afterEach(async () => {
  for (const { process: child } of started) child.kill('SIGKILL');
  await Promise.all(started.splice(0).map(({ exited }) => exited));
  folder.remove();
});

function holder(): RunningChild {
  const task = { folder: folder.path, commits: 0, writers: 1, firstId: 1, hold: true };
  const child = startChild(task);
  started.push(child);
  return child;
}

test('a second process is refused with the pid of the first', async () => {
  const child = holder();
  await child.until('open');
  const { pid } = child.process;
  const refused = {
    code: 'folder_locked',
    details: { pid },
    message: expect.stringMatching(`${pid}`),
  };
  await expect(openSqliteStore({ folder: folder.path, clock })).rejects.toMatchObject(refused);
  expect(lockHolder(folder.path)).toEqual({ pid });
  await expect(openSqliteStore({ folder: folder.path, clock })).rejects.toMatchObject(refused);
  child.process.kill('SIGKILL');
  await child.exited;
  // The note of the dead process is still there; the lock is not.
  expect(readFileSync(lockNotePath(folder.path), 'utf8').trim()).toBe(`${pid}`);
  expect(lockHolder(folder.path)).toBeUndefined();
  const store = await openSqliteStore({ folder: folder.path, clock });
  await store.close();
});

test('the same process is refused as well, and may open again after closing', async () => {
  const store = await openSqliteStore({ folder: folder.path, clock });
  await expect(openSqliteStore({ folder: folder.path, clock })).rejects.toMatchObject({
    code: 'folder_locked',
    details: { pid: process.pid },
  });
  const child = startChild({ folder: folder.path, commits: 0, writers: 1, firstId: 1 });
  expect(await child.until('error')).toContain(`folder_locked {"pid":${process.pid}}`);
  await store.close();
  const again = await openSqliteStore({ folder: folder.path, clock });
  await again.close();
});

test('a lock that nobody can release any more still holds', async () => {
  const store = await openSqliteStore({ folder: folder.path, clock });
  await store.close();
  await lockFolder(folder.path);
  setFlagsFromString('--expose_gc');
  const collect: () => void = runInNewContext('gc');
  for (let i = 0; i < 3; i += 1) {
    await new Promise(setImmediate);
    collect();
  }
  const child = startChild({ folder: folder.path, commits: 0, writers: 1, firstId: 1 });
  expect(await child.until('error')).toContain(`folder_locked {"pid":${process.pid}}`);
});

test('a note with the pid of a living stranger holds nothing', async () => {
  const first = await openSqliteStore({ folder: folder.path, clock });
  await first.close();
  writeFileSync(lockNotePath(folder.path), '1\n');
  const store = await openSqliteStore({ folder: folder.path, clock });
  await store.close();
});

test('of processes that race for a dead one, one wins', { timeout: 60_000 }, async () => {
  const dead = holder();
  await dead.until('open');
  dead.process.kill('SIGKILL');
  await dead.exited;
  const racers = [holder(), holder(), holder()];
  const outcomes = await Promise.all(
    racers.map((racer) =>
      Promise.race([racer.until('open'), racer.until('error')]).catch((error) => `${error}`),
    ),
  );
  expect(outcomes.filter((line) => line === 'open')).toHaveLength(1);
  expect(outcomes.filter((line) => line.includes('folder_locked'))).toHaveLength(2);
});
