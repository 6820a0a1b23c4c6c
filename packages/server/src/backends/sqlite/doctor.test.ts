import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { bytes, done, erase, FakeClock, named, put } from '../contract/fixtures.ts';
import { Connection } from './connection.ts';
import { inspectStore as inspect, type StoreCheck } from './doctor.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { databasePath } from './store-files.ts';
import { makeTestFolder, type TestFolder } from './test-folder.ts';

const clock = new FakeClock();
let folder: TestFolder;
beforeEach(() => {
  folder = makeTestFolder();
});
afterEach(() => folder.remove());

const registry = { key: 'registry', numbersIn: (value: string): number[] => JSON.parse(value) };
const inspectStore = (path: string) => inspect(path, registry);
const bad = (checks: StoreCheck[]): string[] =>
  checks.filter(({ ok }) => !ok).map(({ name }) => name);
const detailOf = (checks: StoreCheck[], name: string): string | undefined =>
  checks.find((check) => check.name === name)?.detail;

async function fill(): Promise<() => Promise<void>> {
  const store = await openSqliteStore({ folder: folder.path, clock });
  const records = store.records.open('tenant' as TenantId);
  done(await records.commit(named('a'), { ops: [put(1), put(2), erase(1, 1)] }));
  done(await records.commit(named('b'), { ops: [put(1)] }));
  return store.close;
}

test('a file in the place of the folder', async () => {
  const path = folder.path;
  writeFileSync(path, '');
  const checks = await inspectStore(path);
  expect(bad(checks)).toEqual(['folder', 'database']);
  expect(detailOf(checks, 'folder')).toBe(`${path} is no folder`);
});

test('a healthy store, held and free', async () => {
  const close = await fill();
  const held = await inspectStore(folder.path);
  expect(bad(held)).toEqual([]);
  expect(detailOf(held, 'lock')).toBe(`held by process ${process.pid}`);
  expect(detailOf(held, 'counts')).toBe('2 memories in 2 namespaces');
  await close();
  const free = await inspectStore(folder.path);
  expect(bad(free)).toEqual([]);
  expect(detailOf(free, 'lock')).toBe('free');
});

test('a missing change and a missing row are found, with their namespace', async () => {
  await (await fill())();
  const db = new Connection(databasePath(folder.path), 'write');
  db.exec('DELETE FROM changes WHERE namespace_no = 1 AND seq = 2');
  db.exec('DELETE FROM memories WHERE namespace_no = 2');
  db.close();
  const checks = await inspectStore(folder.path);
  expect(bad(checks)).toEqual(['changes', 'counts']);
  expect(detailOf(checks, 'changes')).toBe('wrong in namespaces 1');
  expect(detailOf(checks, 'counts')).toBe('wrong in namespaces 2');
});

test('an index image that knows more than its records is found', async () => {
  await (await fill())();
  const db = new Connection(databasePath(folder.path), 'write');
  db.exec(
    "INSERT INTO manifests VALUES (1, 1, (SELECT epoch FROM namespaces WHERE no = 1), 99, x'00')",
  );
  db.close();
  const checks = await inspectStore(folder.path);
  expect(bad(checks)).toEqual(['indexes']);
  expect(detailOf(checks, 'indexes')).toContain('1 ahead');
});

test('vectors are counted, and one that outlived its memory is found', async () => {
  const store = await openSqliteStore({ folder: folder.path, clock });
  const vectors = [
    { generation: 1, vectors: bytes('vector') },
    { generation: 2, vectors: null },
  ];
  const batch = { ops: [{ ...put(1), vectors }, put(2)] };
  done(await store.records.open('tenant' as TenantId).commit(named('a'), batch));
  await store.close();
  const fine = await inspectStore(folder.path);
  expect(detailOf(fine, 'vectors')).toBe('2 in 2 generations, 1 still to be made');
  const db = new Connection(databasePath(folder.path), 'write');
  db.exec('INSERT INTO vectors (row, generation, namespace_no) VALUES (77, 1, 1)');
  db.close();
  const checks = await inspectStore(folder.path);
  expect(bad(checks)).toEqual(['vectors']);
  expect(detailOf(checks, 'vectors')).toBe('1 without a memory');
});

test('a namespace that is searched by a generation that is gone is found', async () => {
  const store = await openSqliteStore({ folder: folder.path, clock });
  const records = store.records.open('tenant' as TenantId);
  for (const generation of [0, 2, 3]) {
    done(await records.commit(named(`of-${generation}`), { generation, ops: [put(generation)] }));
  }
  await store.control.putIfVersion('registry', '[2,3]', 0);
  const fine = await inspectStore(folder.path);
  expect(bad(fine)).toEqual([]);
  expect(detailOf(fine, 'generations')).toMatch(/^2 kept/);
  await store.control.putIfVersion('registry', '[2]', 1);
  const checks = await inspectStore(folder.path);
  expect(bad(checks)).toEqual(['generations']);
  expect(detailOf(checks, 'generations')).toMatch(/^1 namespaces .* generation 3, which is gone/);
  await store.close();
});

test('a damaged file and an empty folder are said, not thrown', async () => {
  expect(bad(await inspectStore(folder.path))).toEqual(['folder', 'database']);
  mkdirSync(folder.path, { mode: 0o700 });
  writeFileSync(databasePath(folder.path), Buffer.alloc(8192, 7));
  expect(bad(await inspectStore(folder.path))).toEqual(['database']);
  chmodSync(folder.path, 0o755);
  expect(bad(await inspectStore(folder.path))).toEqual(['folder', 'database']);
});
