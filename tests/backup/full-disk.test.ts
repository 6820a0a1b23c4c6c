/** Backup, restore and compact on a full disk: refused with disk_full, and nothing is half done. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canMount, mebibyte, mount, unmount } from '../small-disk.ts';
import { runCommand } from './run-command.ts';
import { World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  unmount(world.path('small'));
  await world.close();
});

/** About 3 MiB, one memory of it forgotten; resolves with the id of another. */
async function fill(folder: string): Promise<string> {
  const served = await world.serve(folder);
  const items = Array.from({ length: 60 }, (_, i) => ({ value: `${i} tulips `.repeat(2_500) }));
  await served.client.storeMany(items);
  const { id } = await served.client.store({ key: 'kept', value: 'Ann grows tulips.' });
  await served.client.store({ key: 'gone', value: 'Ann fears spiders.' });
  await served.client.forget({ key: 'gone' });
  await served.close();
  return id;
}

/** Where it takes longer than a second, the command tells how far it is first. */
const isFull = { code: 1, err: expect.stringMatching(/(?:^|\n|\r)disk_full: /) };

describe.skipIf(!canMount())('on a small tmpfs (needs the right to mount)', () => {
  test('a backup is refused, and the former file stays', async () => {
    await fill('data');
    mount(world.path('small'), mebibyte);
    const out = join(world.path('small'), 'one.tar');
    writeFileSync(out, 'the former one');
    const args = ['backup', '--force', '--out', out, '--data-dir', world.path('data')];
    expect(await runCommand(args)).toMatchObject(isFull);
    expect(readdirSync(world.path('small'))).toEqual(['one.tar']);
    expect(statSync(out).size).toBe('the former one'.length);
    expect(readdirSync(world.path('data')).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('a restore is refused, and there is no store', async () => {
    await fill('data');
    const made = ['backup', '--out', world.path('one.tar'), '--data-dir', world.path('data')];
    expect(await runCommand(made)).toMatchObject({ code: 0 });
    mount(world.path('small'), 2 * mebibyte);
    const args = ['restore', world.path('one.tar'), '--data-dir', world.path('small')];
    expect(await runCommand(args)).toMatchObject(isFull);
    expect(existsSync(join(world.path('small'), 'reverie.db'))).toBe(false);
    expect(existsSync(join(world.path('small'), 'restoring'))).toBe(false);
  });

  test('compact and backup are refused, and the store is as it was', async () => {
    mount(world.path('small'), 9 * mebibyte);
    const id = await fill('small');
    const free = spawnSync('df', ['--output=avail', '-B1', world.path('small')]).stdout.toString();
    const ballast = Number(free.split('\n')[1]) - mebibyte;
    writeFileSync(join(world.path('small'), 'ballast'), Buffer.alloc(ballast));
    const named = ['--data-dir', world.path('small')];
    expect(await runCommand(['compact', ...named])).toMatchObject(isFull);
    const out = world.path('one.tar');
    expect(await runCommand(['backup', '--out', out, ...named])).toMatchObject(isFull);
    expect(existsSync(out)).toBe(false);
    rmSync(join(world.path('small'), 'ballast'));
    const served = await world.serve('small');
    expect(await served.has(id)).toBe(true);
    for await (const { state } of served.client.forgetReceipts()) expect(state).toBe('hidden');
    await served.close();
    expect(await runCommand(['compact', ...named])).toMatchObject({ code: 0 });
  });

  test('a list that cannot be written keeps the memory', async () => {
    mount(world.path('small'), mebibyte / 4);
    const served = await world.serve('data', {
      REVERIE_ERASURES: join(world.path('small'), 'erasures.jsonl'),
    });
    const { id } = await served.client.store('Ann fears spiders.');
    const ballast = join(world.path('small'), 'ballast');
    const fillUp = 'rest=$(df --output=avail -B1 . | tail -1); head -c "$rest" /dev/zero > ballast';
    spawnSync('sh', ['-c', fillUp], { cwd: world.path('small') });
    await expect(served.client.forget({ id })).rejects.toMatchObject({ code: 'disk_full' });
    expect(await served.has(id)).toBe(true);
    rmSync(ballast);
    expect(await served.client.forget({ id })).toMatchObject({ forgotten: 1 });
    await served.close();
  });
});
