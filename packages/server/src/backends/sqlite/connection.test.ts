import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Connection, checkVersion } from './connection.ts';
import { migrate, schemaVersion } from './migrations/migrate.ts';
import { toFault } from './sqlite-errors.ts';
import { databasePath, makeFile, makeFolder } from './store-files.ts';
import { makeTestFolder, type TestFolder } from './test-folder.ts';

let folder: TestFolder;
let path: string;
beforeEach(() => {
  folder = makeTestFolder();
  makeFolder(folder.path);
  path = databasePath(folder.path);
  makeFile(path);
});
afterEach(() => folder.remove());

const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe('a writing connection', () => {
  test('has its settings in force', () => {
    const db = new Connection(path, 'write');
    migrate(db);
    const read = (pragma: string) => db.value(`PRAGMA ${pragma}`);
    expect(['journal_mode', 'synchronous', 'page_size', 'secure_delete'].map(read)).toEqual([
      'wal',
      2,
      8192,
      1,
    ]);
    expect(read('wal_autocheckpoint')).toBe(0);
    db.close();
  });

  test('makes files that only the owner reads', () => {
    const db = new Connection(path, 'write');
    migrate(db);
    expect(modeOf(folder.path)).toBe(0o700);
    const files = readdirSync(folder.path);
    expect(files).toContain('reverie.db-wal');
    expect(files.map((file) => modeOf(join(folder.path, file)))).toEqual(files.map(() => 0o600));
    db.close();
  });

  test('keeps whole numbers up to 2^53 exactly', () => {
    const db = new Connection(path, 'write');
    db.exec('CREATE TABLE numbers (n INTEGER)');
    const numbers = [2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, -(2 ** 40)];
    for (const n of numbers) db.run('INSERT INTO numbers (n) VALUES (?)', n);
    const rows = db.all<{ n: number; type: string }>('SELECT n, typeof(n) AS type FROM numbers');
    expect(rows.map(({ n }) => n)).toEqual(numbers);
    expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(['integer']));
    db.close();
  });
});

test('a reading connection cannot write', () => {
  const writer = new Connection(path, 'write');
  migrate(writer);
  const reader = new Connection(path, 'read');
  expect(() => reader.run('DELETE FROM memories')).toThrow(/readonly/);
  reader.close();
  writer.close();
});

test('an SQLite before 3.51.3 is refused', () => {
  for (const old of ['3.51.2', '3.50.9', '2.99.99', undefined]) {
    expect(() => checkVersion(old)).toThrow(/too old/);
  }
  for (const fine of ['3.51.3', '3.53.0', '4.0.0']) checkVersion(fine);
});

describe('migrations', () => {
  test('run once', () => {
    const db = new Connection(path, 'write');
    migrate(db);
    migrate(db);
    expect(db.value('PRAGMA user_version')).toBe(schemaVersion);
    db.close();
  });

  test('refuse a newer schema and a foreign database', () => {
    const db = new Connection(path, 'write');
    migrate(db);
    db.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
    expect(() => migrate(db)).toThrow(expect.objectContaining({ code: 'store_damaged' }));
    db.exec(`PRAGMA user_version = ${schemaVersion}; PRAGMA application_id = 7`);
    expect(() => migrate(db)).toThrow(/not a Reverie store/);
    db.close();
  });

  test('a file that is no database is damage', () => {
    writeFileSync(path, Buffer.alloc(8192, 7));
    let fault: unknown;
    try {
      new Connection(path, 'write');
    } catch (error) {
      fault = toFault(error, folder.path);
    }
    expect(fault).toMatchObject({ code: 'store_damaged' });
    expect(existsSync(path)).toBe(true);
  });
});
