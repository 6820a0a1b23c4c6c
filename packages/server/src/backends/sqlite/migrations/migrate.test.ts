import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TenantId } from '../../../domain/memory.ts';
import { bytes, done, FakeClock, named, patch, put } from '../../contract/fixtures.ts';
import { Connection } from '../connection.ts';
import { openSqliteStore } from '../sqlite-store.ts';
import { databasePath } from '../store-files.ts';
import { makeTestFolder, type TestFolder } from '../test-folder.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = makeTestFolder();
});
afterEach(() => folder.remove());

/** As the first schema left it, with one memory. */
async function makeFirstSchema(): Promise<void> {
  const store = await openSqliteStore({ folder: folder.path, clock: new FakeClock() });
  const records = store.records.open('tenant' as TenantId);
  done(await records.commit(named('home'), { ops: [put(1), patch(1, 1, { body: bytes('new') })] }));
  await store.close();
  const db = new Connection(databasePath(folder.path), 'write');
  const indexes = ['vectors_pending', 'vectors_by_arrival', 'vectors_empty'];
  for (const index of [...indexes, 'namespaces_by_generation']) {
    db.exec(`DROP INDEX ${index}`);
  }
  db.exec('DROP TABLE vectors');
  for (const table of ['closed_generations', 'receipts']) db.exec(`DROP TABLE ${table}`);
  db.exec('ALTER TABLE namespaces DROP COLUMN generation');
  for (const column of ['arrivals', 'stored_bytes']) {
    db.exec(`ALTER TABLE namespaces DROP COLUMN ${column}`);
  }
  for (const column of ['erased_id', 'erased_audience', 'erased_at']) {
    db.exec(`ALTER TABLE changes DROP COLUMN ${column}`);
  }
  db.exec('PRAGMA user_version = 1');
  db.close();
}

test('a store of the first schema keeps its memories, which wait for vectors', async () => {
  await makeFirstSchema();
  const store = await openSqliteStore({ folder: folder.path, clock: new FakeClock() });
  const records = store.records.open('tenant' as TenantId);
  const found = await records.namespace(named('home'));
  expect(found).toMatchObject({ memories: 1, generation: 0 });
  const no = found?.no ?? 0;
  expect(await records.byOrdinal(no, [1])).toMatchObject([{ version: 2, hasVector: false }]);
  expect(await records.storedBytes()).toBe('body 1new'.length);
  const { vectors } = store.records;
  expect(await vectors.namespaces(0, 0, 9)).toMatchObject([{ namespaceNo: no }]);
  expect(await vectors.await(no, 1, 0, 9)).toBeUndefined();
  expect(await vectors.counts(1)).toEqual({ namespaces: 0, pending: 1 });
  await store.close();
});
