/** Backup, restore and compact that are killed: what has a name is whole, and nothing is lost. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBackup } from '../../packages/server/src/backends/files/backup-file.ts';
import { serveProcess } from '../serve-process.ts';
import { runCommand } from './run-command.ts';
import { World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const memories = 3000;
const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 3);
const timeout = 60_000 + rounds * 10_000;
/** Long enough for the process to be anywhere between its start and its end. */
const someMs = (most: number): number => 150 + Math.random() * most;

/** Many memories, a backup, and a third of them forgotten afterwards. */
async function fill(): Promise<void> {
  const served = await world.serve('data');
  for (let at = 0; at < memories; at += 1000) {
    const items = Array.from({ length: 1000 }, (_, i) => ({
      value: `turn ${at + i} of a long talk about tulips`,
      tags: [`part-${at}`],
    }));
    await served.client.storeMany(items);
  }
  await served.backup(world.path('one.tar'));
  await served.client.forget({ namespace: 'default', tags: ['part-0'], confirm: true });
  await served.close();
}

async function countIn(folder: string): Promise<number> {
  expect(await world.failedChecks(folder)).toEqual([]);
  const served = await world.serve(folder);
  let count = 0;
  for await (const _ of served.client.list({ limit: 200 })) count += 1;
  await served.close();
  return count;
}

const left = memories - 1000;

test('a backup that is killed leaves no file under the name', { timeout }, async () => {
  await fill();
  const path = world.path('two.tar');
  const args = ['backup', '--out', path, '--data-dir', world.path('data')];
  for (let round = 0; round < rounds; round++) {
    const { code } = await runCommand(args, {}, someMs(600));
    expect(existsSync(path)).toBe(code === 0);
    if (code === 0) await readBackup(path);
    rmSync(path, { force: true });
  }
  expect(await runCommand(args)).toMatchObject({ code: 0 });
  await readBackup(path);
  expect(await countIn('data')).toBe(left);
  expect(readdirSync(world.path('data')).filter((name) => name.endsWith('.partial'))).toEqual([]);
  expect(existsSync(`${path}.partial`)).toBe(false);
});

test('a server that is killed while it sends leaves no whole file', { timeout }, async () => {
  await fill();
  const path = world.path('two.tar');
  const server = await serveProcess(world.path('data'), 'large');
  // More than the buffers of a connection hold.
  const items = Array.from({ length: 200 }, (_, i) => ({ value: `${i} tulips `.repeat(2_500) }));
  for (let at = 0; at < 4; at++) await server.client.storeMany(items);
  const parts = server.client.backup()[Symbol.asyncIterator]();
  await parts.next();
  await server.stop('SIGKILL');
  const rest = async (): Promise<void> => {
    while (!(await parts.next()).done);
  };
  await expect(rest()).rejects.toMatchObject({ code: 'network_error' });
  expect(existsSync(path)).toBe(false);
  expect(await countIn('data')).toBe(left);
  expect(readdirSync(world.path('data')).filter((name) => name.endsWith('.partial'))).toEqual([]);
});

test('a restore that is killed is no store, or the whole one', { timeout }, async () => {
  await fill();
  const env = { REVERIE_ERASURES: world.path('data/erasures.jsonl') };
  const args = ['restore', world.path('one.tar'), '--data-dir', world.path('again')];
  for (let round = 0; round < rounds; round++) {
    const { code } = await runCommand(args, env, someMs(900));
    const isThere = existsSync(world.path('again/reverie.db'));
    if (code === 0) expect(isThere).toBe(true);
    if (isThere) expect(await countIn('again')).toBe(left);
    else if (existsSync(world.path('again/restoring'))) {
      await expect(world.serve('again')).rejects.toMatchObject({ code: 'store_damaged' });
    }
    if (isThere) rmSync(world.path('again'), { recursive: true });
  }
  expect(await runCommand(args, env)).toMatchObject({ code: 0 });
  expect(await countIn('again')).toBe(left);
});

test('a compact that is killed loses nothing, and is done again', { timeout }, async () => {
  await fill();
  const args = ['compact', '--data-dir', world.path('data')];
  for (let round = 0; round < rounds; round++) {
    await runCommand(args, {}, someMs(500));
    expect(await countIn('data')).toBe(left);
  }
  expect(await runCommand(args)).toMatchObject({ code: 0 });
  const served = await world.serve('data');
  for await (const { state } of served.client.forgetReceipts()) expect(state).toBe('erased');
});
