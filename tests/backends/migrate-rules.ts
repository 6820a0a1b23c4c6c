/** `reverie migrate` from a folder to a table of items and back: whole, in use, and killed. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestTable } from '../../packages/server/src/backends/item-table/proofs/test-table.ts';
import { type Ended, runCommand } from '../backup/run-command.ts';
import { World } from '../backup/world.ts';
import { expectTheSame, live } from '../migrate/living-store.ts';

const memories = 2000;
const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 3);

export interface MigrationSystem {
  readonly name: string;
  /** Why there is none to test against. */
  readonly missing: string | undefined;
  readonly makeTable: () => Pick<TestTable, 'name' | 'settings' | 'remove'>;
  /** The address of a table beside what its settings say. */
  readonly addressOf: (name: string) => string;
}

export function runMigration({ name, missing, makeTable, addressOf }: MigrationSystem): void {
  // The reason is in the title.
  describe.skipIf(missing)(`migration and ${name}${missing ? ` (${missing})` : ''}`, () => {
    let table: ReturnType<typeof makeTable>;
    let world: World;

    beforeEach(() => {
      world = new World();
      table = makeTable();
    });
    afterEach(async () => {
      await world.close();
      await table.remove();
    });

    const migrate = (from: string, to: string, killAfterMs?: number): Promise<Ended> =>
      runCommand(['migrate', '--json', '--from', from, '--to', to], table.settings, killAfterMs);
    const into = (killAfterMs?: number): Promise<Ended> =>
      migrate(world.path('data'), addressOf(table.name), killAfterMs);
    const back = (killAfterMs?: number): Promise<Ended> =>
      migrate(addressOf(table.name), world.path('back'), killAfterMs);

    test('a folder goes there and on from there, and back again', async () => {
      const served = await world.serve('data');
      const told = await live(served);
      await served.close();
      const moved = await into();
      expect(moved.code, moved.err).toBe(0);
      const report = { ok: true, to: addressOf(table.name), resumed: false, differences: [] };
      expect(JSON.parse(moved.out)).toMatchObject(report);
      expect(moved.out).toContain('The list of erasures (');
      // What is there is not written over.
      expect(await into()).toMatchObject({
        ...{ code: 1, err: expect.stringMatching(/migration_refused.*The target is not empty/) },
      });
      // The way back begins before anything was done there.
      const returned = await back();
      expect(returned.code, returned.err).toBe(0);
      expect(await world.failedChecks('back')).toEqual([]);
      await expectTheSame(await world.serve('back'), told);
      await expectReindexed(table.settings);
      const there = await world.serve('files', table.settings);
      await expectTheSame(there, told);
      // A server works on it now.
      expect(await migrate(addressOf(table.name), world.path('more'))).toMatchObject({
        ...{ code: 1, err: expect.stringMatching(/migration_refused.*The source is in use/) },
      });
      await there.close();
    });

    test('killed at any moment, the same command goes on', { timeout: 400_000 }, async () => {
      await fill(world);
      const wholeMs = await timeOf(makeTable(), (to) => migrate(world.path('data'), addressOf(to)));
      const someMs = () => wholeMs * (0.3 + 0.5 * Math.random());
      let code: number | null = null;
      let refused = 0;
      for (let round = 0; round < rounds && code !== 0; round++) {
        ({ code } = await into(someMs()));
        if (code === 0) continue;
        const opening = world.serve('files', table.settings);
        await expect(opening).rejects.toMatchObject({ code: 'migration_unfinished' });
        refused += 1;
      }
      expect(refused).toBeGreaterThan(0);
      if (code !== 0) expectEnd(await into());
      expect(await countIn(world, 'files', table.settings)).toBe(memories);
      code = null;
      for (let round = 0; round < rounds && code !== 0; round++) {
        ({ code } = await back(someMs() / 2));
      }
      if (code !== 0) expectEnd(await back());
      expect(await world.failedChecks('back')).toEqual([]);
      expect(await countIn(world, 'back')).toBe(memories);
    });
  });
}

async function timeOf(
  table: Pick<TestTable, 'name' | 'remove'>,
  move: (to: string) => Promise<Ended>,
): Promise<number> {
  const start = performance.now();
  expect(await move(table.name)).toMatchObject({ code: 0 });
  const wholeMs = performance.now() - start;
  await table.remove();
  return wholeMs;
}

async function fill(world: World): Promise<void> {
  const served = await world.serve('data');
  for (let at = 0; at < memories; at += 1000) {
    const items = Array.from({ length: 1000 }, (_, i) => ({ value: `turn ${at + i} of tea` }));
    await served.client.storeMany(items, { namespace: `space ${at / 1000}` });
  }
  await served.close();
}

async function countIn(
  world: World,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const served = await world.serve(folder, env);
  let count = 0;
  for (let no = 0; no < memories / 1000; no++) {
    for await (const _ of served.client.list({ namespace: `space ${no}`, limit: 200 })) count += 1;
  }
  await served.close();
  return count;
}

/** The one before may have been killed in the moment between its last write and its end. */
const expectEnd = ({ code, err }: Ended): void => {
  if (code !== 0) expect(err).toContain('The target is not empty');
};

/** Everything derived is made again, and is what came there. */
async function expectReindexed(settings: Readonly<Record<string, string>>): Promise<void> {
  const { code, out, err } = await runCommand(['reindex', '--json'], settings);
  expect(code, err).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ ok: true, namespaces: 2, analyses: { changed: 0 } });
}
