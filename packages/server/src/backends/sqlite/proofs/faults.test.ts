/** Proof: a full disk and a read-only folder are said, and lose nothing. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TenantId } from '../../../domain/memory.ts';
import { done, FakeClock, idOf, named, put } from '../../contract/fixtures.ts';
import { openSqliteStore } from '../sqlite-store.ts';
import { makeTestFolder, type TestFolder } from '../test-folder.ts';
import { startChild } from './run-child.ts';

const space = named('home');
const tenant = 'tenant' as TenantId;
const clock = new FakeClock();

let folder: TestFolder;
beforeEach(() => {
  folder = makeTestFolder();
});
afterEach(() => {
  unmount(folder.path);
  folder.remove();
});

const mount = (path: string, options: string): boolean => {
  const args = ['-t', 'tmpfs', '-o', options, 'tmpfs', path];
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
};

/** Lazily: a closed connection keeps its files until its statements are collected. */
const unmount = (path: string): void => {
  spawnSync('umount', ['-l', path], { stdio: 'ignore' });
};

const canMount = ((): boolean => {
  const probe = makeTestFolder();
  mkdirSync(probe.path);
  const mounted = mount(probe.path, 'size=64k');
  unmount(probe.path);
  probe.remove();
  return mounted;
})();

describe.skipIf(!canMount)('a full disk (a small tmpfs; needs the right to mount)', () => {
  test('refuses with disk_full, keeps what it has, and recovers', async () => {
    mkdirSync(folder.path);
    mount(folder.path, 'size=4m,mode=0700');
    const ballast = join(folder.path, 'ballast');
    writeFileSync(ballast, Buffer.alloc(1024 * 1024));
    const store = await openSqliteStore({ folder: folder.path, clock });
    const records = store.records.open(tenant);
    const stored: number[] = [];
    const write = async (n: number): Promise<void> => {
      const op = { ...put(n), body: new Uint8Array(40_000).fill(n) };
      done(await records.commit(space, { ops: [op] }));
      stored.push(n);
    };
    const fill = async (): Promise<void> => {
      for (let n = 1; n < 1000; n++) await write(n);
    };
    await expect(fill()).rejects.toMatchObject({ code: 'disk_full', status: 503 });
    await expect(write(2000)).rejects.toMatchObject({ code: 'disk_full' });
    expect(stored.length).toBeGreaterThan(5);
    expect(await records.byId(stored.map(idOf))).toHaveLength(stored.length);
    expect(await records.byId([idOf(2000)])).toEqual([]);

    rmSync(ballast);
    expect(await store.records.status()).toEqual({ writable: true });
    await write(3000);
    await store.close();
    const again = await openSqliteStore({ folder: folder.path, clock });
    const kept = again.records.open(tenant);
    expect(await kept.byId(stored.map(idOf))).toHaveLength(stored.length);
    expect(await kept.namespace(space)).toMatchObject({
      seq: stored.length,
      memories: stored.length,
    });
    await again.close();
  });
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(isRoot && !canMount)('a read-only folder (root needs the right to mount)', () => {
  test('refuses to open with store_read_only, before and after it has a store', async () => {
    mkdirSync(folder.path);
    if (isRoot) mount(folder.path, 'size=4m,mode=0700');
    const change = (option: 'ro' | 'rw'): void => {
      if (isRoot) spawnSync('mount', ['-o', `remount,${option}`, folder.path]);
      else chmodSync(folder.path, option === 'ro' ? 0o500 : 0o700);
    };
    const refused = { code: 'store_read_only', status: 503 };
    change('ro');
    await expect(openSqliteStore({ folder: folder.path, clock })).rejects.toMatchObject(refused);
    change('rw');
    // Another process, because a file system with files open for writing stays writable.
    await startChild({ folder: folder.path, commits: 1, writers: 1, firstId: 1 }).exited;
    change('ro');
    await expect(openSqliteStore({ folder: folder.path, clock })).rejects.toMatchObject(refused);
    change('rw');
    const again = await openSqliteStore({ folder: folder.path, clock });
    expect(await again.records.open(tenant).byId([idOf(1)])).toHaveLength(1);
    await again.close();
  });
});
