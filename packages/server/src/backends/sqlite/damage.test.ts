/** A store that cannot be trusted is not opened, and the folder is free again afterwards. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../contract/fixtures.ts';
import { Connection } from './connection.ts';
import { lockHolder } from './folder-lock.ts';
import { schemaVersion } from './migrations/migrate.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { databasePath } from './store-files.ts';
import { makeTestFolder, type TestFolder } from './test-folder.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = makeTestFolder();
  await (await open()).close();
});
afterEach(() => folder.remove());

const open = () => openSqliteStore({ folder: folder.path, clock: new FakeClock() });

test('a store of a newer release', async () => {
  const db = new Connection(databasePath(folder.path), 'write');
  db.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
  db.close();
  await expect(open()).rejects.toMatchObject({
    code: 'store_damaged',
    message: `The store has schema ${schemaVersion + 1}; this release knows ${schemaVersion}.`,
  });
  expect(lockHolder(folder.path)).toBeUndefined();
});

test('a file that is no database', async () => {
  const handle = openSync(databasePath(folder.path), 'r+');
  writeSync(handle, Buffer.alloc(8192, 7), 0, 8192, 0);
  closeSync(handle);
  const before = readFileSync(databasePath(folder.path));
  await expect(open()).rejects.toMatchObject({ code: 'store_damaged', status: 503 });
  expect(readFileSync(databasePath(folder.path)).equals(before)).toBe(true);
  expect(lockHolder(folder.path)).toBeUndefined();
});
