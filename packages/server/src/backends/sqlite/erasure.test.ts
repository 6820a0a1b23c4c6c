/** What was erased is in no file of the folder any more. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { bytes, done, erase, FakeClock, named, patch, put } from '../contract/fixtures.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { makeTestFolder, type TestFolder } from './test-folder.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = makeTestFolder();
});
afterEach(() => folder.remove());

const filesWith = (canary: string): string[] =>
  readdirSync(folder.path).filter((file) => readFileSync(join(folder.path, file)).includes(canary));

test('body, history, analysis, vectors and segment of an erased row leave the files', async () => {
  const canaries = ['first', 'second', 'analysis', 'segment', 'vector'].map((of) => `${of}-canary`);
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = canaries;
  const space = named('home');
  const store = await openSqliteStore({ folder: folder.path, clock: new FakeClock() });
  const records = store.records.open('tenant' as TenantId);
  const neighbours = Array.from({ length: 50 }, (_, i) => put(i + 2));
  const { namespace } = done(
    await records.commit(space, {
      // Longer than a page, so that overflow pages are freed as well.
      ops: [put(1, {}, first.repeat(2000)), ...neighbours, patch(1, 1, { body: bytes(second) })],
    }),
  );
  const index = records.index(namespace.no, 1);
  await index.saveAnalyses([{ ordinal: 1, version: 2, analysis: bytes(third) }]);
  const late = { namespaceNo: namespace.no, ordinal: 1, version: 2, vectors: bytes(fifth) };
  await store.records.vectors.await(namespace.no, 1, 0, 99);
  expect(await store.records.vectors.save(1, [late])).toBe(1);
  const blobs = { columns: bytes(fourth), postings: bytes(fourth), matrix: bytes(fourth) };
  const segment = { no: 1, ordinalMin: 1, ordinalMax: 9, ...blobs };
  const parts = { put: [segment], putColumns: [], remove: [] };
  await index.save({ epoch: namespace.epoch, seq: namespace.seq, manifest: bytes('-'), ...parts });
  await store.close();
  expect(canaries.map(filesWith)).toEqual(canaries.map(() => ['reverie.db']));

  const again = await openSqliteStore({ folder: folder.path, clock: new FakeClock() });
  const result = await again.records
    .open('tenant' as TenantId)
    .commit(space, { ops: [erase(1, 2)] });
  done(result);
  await again.close();
  expect(canaries.map(filesWith)).toEqual(canaries.map(() => []));
});

/** Asked of another process: opening the files in this one would drop the locks of SQLite. */
function othersFind(canary: string): string[] {
  const script = `const { readdirSync, readFileSync } = require('node:fs');
    const [folder, canary] = process.argv.slice(1);
    const files = readdirSync(folder).filter((name) =>
      readFileSync(folder + '/' + name).includes(canary));
    console.log(JSON.stringify(files));`;
  const out = execFileSync(process.execPath, ['-e', script, folder.path, canary], {
    encoding: 'utf8',
  });
  return JSON.parse(out);
}

test('while the store is open, the log is emptied soon after an erase', async () => {
  const store = await openSqliteStore({ folder: folder.path, clock: new FakeClock() });
  const records = store.records.open('tenant' as TenantId);
  done(await records.commit(named('home'), { ops: [put(1, {}, 'open-canary'), put(2)] }));
  expect(othersFind('open-canary')).not.toEqual([]);
  done(await records.commit(named('home'), { ops: [erase(1, 1)] }));
  await expect.poll(() => othersFind('open-canary'), { timeout: 5_000 }).toEqual([]);
  expect(await records.byOrdinal(1, [2])).toHaveLength(1);
  await store.close();
});
