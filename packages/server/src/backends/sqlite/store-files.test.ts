import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from './store-files.ts';
import { makeTestFolder, type TestFolder } from './test-folder.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = makeTestFolder();
});
afterEach(() => folder.remove());

test('a folder is made with its parents, for its owner alone; an existing one is left', () => {
  const deep = join(folder.path, 'a', 'b');
  mkdirSync(dirname(folder.path), { recursive: true });
  makeFolder(deep);
  expect(statSync(deep).mode & 0o777).toBe(0o700);
  makeFolder(deep);
  expect(existsSync(deep)).toBe(true);
});

// The recursive mkdir of Node 20 spins for ever on /proc.
test.runIf(existsSync('/proc/self'))('where no folder can be made, it says so', () => {
  expect(() => makeFolder('/proc/reverie/data')).toThrow('ENOENT');
});
