import { afterEach, beforeEach, expect, test } from 'vitest';
import { Checkpointer } from './checkpointer.ts';
import { Connection } from './connection.ts';
import { migrate } from './migrations/migrate.ts';
import { databasePath, makeFile, makeFolder } from './store-files.ts';
import { makeTestFolder, type TestFolder } from './test-folder.ts';

let folder: TestFolder;
let db: Connection;
let checkpointer: Checkpointer;
beforeEach(() => {
  folder = makeTestFolder();
  makeFolder(folder.path);
  makeFile(databasePath(folder.path));
  db = new Connection(databasePath(folder.path), 'write');
  migrate(db);
  checkpointer = new Checkpointer(db);
});
afterEach(() => {
  db.close();
  folder.remove();
});

const mebibyte = 1024 * 1024;
let next = 0;

function write(mebibytes: number): void {
  for (let i = 0; i < mebibytes; i++) {
    const blob = new Uint8Array(mebibyte);
    db.run('INSERT INTO analyses (row, analysis) VALUES (?, ?)', ++next, blob);
  }
}

/** Pages in the log that are not in the database file yet. */
function waiting(from = db): number {
  const state = from.get<{ log: number; checkpointed: number }>('PRAGMA wal_checkpoint(NOOP)');
  return state ? state.log - state.checkpointed : 0;
}

test('nothing checkpoints by itself', () => {
  write(12);
  expect(waiting()).toBeGreaterThan((12 * mebibyte) / 8192);
});

test('an idle writer folds a log of more than 8 MB, a busy one does not', () => {
  write(6);
  checkpointer.whenIdle();
  expect(waiting()).toBeGreaterThan(0);
  write(6);
  checkpointer.afterGroup();
  expect(waiting()).toBeGreaterThan(0);
  checkpointer.whenIdle();
  expect(waiting()).toBe(0);
});

test('a busy writer folds a log of more than 64 MB', () => {
  write(66);
  checkpointer.afterGroup();
  expect(waiting()).toBe(0);
});

test('a log that a reader holds back is not tried again at once', () => {
  write(1);
  const reader = new Connection(databasePath(folder.path), 'read');
  reader.exec('BEGIN');
  reader.get('SELECT count(*) FROM analyses');
  write(66);
  checkpointer.afterGroup();
  const held = waiting();
  expect(held).toBeGreaterThan(0);
  reader.rollback();
  reader.close();
  checkpointer.afterGroup();
  expect(waiting()).toBe(held);
  checkpointer.whenIdle();
  expect(waiting()).toBe(0);
});
