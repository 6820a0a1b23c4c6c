/** `reverie migrate` between folders, as a user runs it: whole, refused, killed, and damaged. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteTransfer } from '../../packages/server/src/backends/sqlite/transfer.ts';
import { compact } from '../../packages/server/src/compose.ts';
import {
  type MoveProgress,
  moveStore,
} from '../../packages/server/src/engine/transfer/move-store.ts';
import { runCommand } from '../backup/run-command.ts';
import { World } from '../backup/world.ts';
import { canMount, mebibyte, mount, resize, unmount } from '../small-disk.ts';
import { expectTheSame, live } from './living-store.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 3);
const timeout = 120_000 + rounds * 60_000;
const memories = 6000;

const migrate = (from: string, to: string, killAfterMs?: number) =>
  runCommand(['migrate', '--from', world.path(from), '--to', world.path(to)], {}, killAfterMs);

async function fill(): Promise<void> {
  const served = await world.serve('data');
  for (let at = 0; at < memories; at += 1000) {
    const items = Array.from({ length: 1000 }, (_, i) => ({ value: `turn ${at + i} of tulips` }));
    await served.client.storeMany(items, { namespace: `space ${(at / 1000) % 3}` });
  }
  await served.close();
}

test('a folder is moved with everything, and its server goes on elsewhere', async () => {
  const served = await world.serve('data');
  const told = await live(served);
  await served.close();
  writeFileSync(join(world.path('data'), 'root.key'), 'a key\n', { mode: 0o600 });
  const moved = await migrate('data', 'new');
  expect(moved).toMatchObject({ code: 0, err: '' });
  expect(moved.out).toContain('every row is the same.\n');
  expect(moved.out).toMatch(/2 namespaces, \d+ memories, \d+ former versions, /);
  const key = join(world.path('new'), 'root.key');
  expect(readFileSync(key, 'utf8')).toBe('a key\n');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  const list = (folder: string) => readFileSync(join(world.path(folder), 'erasures.jsonl'), 'utf8');
  expect(list('new')).toBe(list('data'));
  expect(list('new').split('\n').length).toBeGreaterThan(2);
  expect(await world.failedChecks('new')).toEqual([]);
  await expectTheSame(await world.serve('new'), told);
});

test('what cannot be moved is refused, and nothing is changed', async () => {
  const served = await world.serve('data');
  await served.client.store('Ann grows tulips.');
  const locked = { code: 1, err: expect.stringMatching(/^folder_locked: /) };
  expect(await migrate('data', 'new')).toMatchObject(locked);
  await served.close();
  await (await world.serve('other')).close();
  expect(await migrate('data', 'other')).toMatchObject({
    ...{ code: 1, err: expect.stringMatching(/^migration_refused: The target is not empty/) },
  });
  expect(await migrate('nowhere', 'new')).toMatchObject({
    ...{ code: 1, err: expect.stringMatching(/^migration_refused: There is no store in/) },
  });
  expect(existsSync(world.path('nowhere'))).toBe(false);
  const wrong = { code: 2, err: expect.stringMatching(/^setting_invalid: /) };
  expect(await migrate('data', 'data')).toMatchObject(wrong);
  for (const to of ['mysql://root:secret@host/db', 'postgres']) {
    const args = ['migrate', '--from', world.path('data'), '--to', to];
    const refused = await runCommand(args);
    expect(refused).toMatchObject(wrong);
    expect(refused.err).not.toContain('secret');
  }
  expect(await world.failedChecks('data')).toEqual([]);
});

test('killed at any moment, the same command goes on', { timeout }, async () => {
  await fill();
  const start = performance.now();
  expect(await migrate('data', 'first')).toMatchObject({ code: 0 });
  const wholeMs = performance.now() - start;
  let code: number | null = null;
  for (let round = 0; round < rounds && code !== 0; round++) {
    ({ code } = await migrate('data', 'new', wholeMs * (0.3 + 0.6 * Math.random())));
    const isBegun = existsSync(join(world.path('new'), 'reverie.db')) && isMarked('new');
    if (!isBegun) continue;
    const unfinished = { code: 'migration_unfinished' };
    await expect(world.serve('new')).rejects.toMatchObject(unfinished);
    await expect(compact(world.settings('new'))).rejects.toMatchObject(unfinished);
  }
  // It may have been killed in the moment between its last write and its end.
  const last = code === 0 ? undefined : await migrate('data', 'new');
  if (last?.code !== 0) expect(last?.err ?? 'not empty').toContain('not empty');
  expect(await world.failedChecks('new')).toEqual([]);
  const served = await world.serve('new');
  let count = 0;
  for (const no of [0, 1, 2]) {
    for await (const _ of served.client.list({ namespace: `space ${no}`, limit: 200 })) count += 1;
  }
  expect(count).toBe(memories);
});

test.skipIf(!canMount())('a full disk is told, and with room it goes on', async () => {
  await fill();
  const small = world.path('small');
  mount(small, 3 * mebibyte);
  try {
    const full = { code: 1, err: expect.stringMatching(/^disk_full: /) };
    expect(await migrate('data', 'small')).toMatchObject(full);
    expect(await migrate('data', 'small')).toMatchObject(full);
    await expect(world.serve('small')).rejects.toThrow();
    resize(small, 64 * mebibyte);
    const moved = await migrate('data', 'small');
    expect(moved).toMatchObject({ code: 0, err: '' });
    expect(moved.out).toContain('a part of it by an earlier run');
    expect(await world.failedChecks('small')).toEqual([]);
  } finally {
    unmount(small);
  }
});

test('a row that is damaged on the way is told, with its namespace', async () => {
  const served = await world.serve('data');
  for (const namespace of ['well', 'ill']) {
    await served.client.store({ value: 'Ann grows tulips.', namespace });
  }
  await served.close();
  // As a kill just before the comparison leaves it.
  await stopBeforeComparing('data', 'new');
  damage('new', "UPDATE memories SET body = body || x'20' WHERE row >> 32 = 2");
  const args = ['migrate', '--from', world.path('data'), '--to', world.path('new')];
  const found = await runCommand(args);
  expect(found.code).toBe(1);
  expect(found.out).toMatch(/memories of \S+\/ill: 1 rows .*not all of them say the same\n/);
  expect(found.out).not.toContain('/well');
  const { differences, ok } = JSON.parse((await runCommand([...args, '--json'])).out);
  expect(ok).toBe(false);
  expect(differences).toMatchObject([{ part: 'memories', namespace: 'ill', source_rows: 1 }]);
  await expect(world.serve('new')).rejects.toMatchObject({ code: 'migration_unfinished' });
});

async function stopBeforeComparing(from: string, to: string): Promise<void> {
  const source = await openSqliteTransfer(world.path(from), 'source');
  const target = await openSqliteTransfer(world.path(to), 'target');
  const tell = ({ step }: MoveProgress): void => {
    if (step === 'check') throw new Error('stop');
  };
  await expect(moveStore({ source, target, tell })).rejects.toThrow('stop');
  await target.close();
  await source.close();
}

function isMarked(folder: string): boolean {
  return damage(folder, "SELECT * FROM control WHERE key = 'migration/incoming'") > 0;
}

/** Rows that a statement on the database file finds or changes. */
function damage(folder: string, sql: string): number {
  const db = new DatabaseSync(join(world.path(folder), 'reverie.db'));
  try {
    if (sql.startsWith('SELECT')) return db.prepare(sql).all().length;
    return Number(db.prepare(sql).run().changes);
  } catch (error) {
    // Killed before the tables were made.
    if (/no such table/.test(String(error))) return 0;
    throw error;
  } finally {
    db.close();
  }
}
