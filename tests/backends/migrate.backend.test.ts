/** `reverie migrate` from a folder to PostgreSQL and back: whole, and on bad days. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  makeTestDatabase,
  type TestDatabase,
} from '../../packages/server/src/backends/postgres/test-database.ts';
import { type Ended, runCommand } from '../backup/run-command.ts';
import { World } from '../backup/world.ts';
import { expectTheSame, live } from '../migrate/living-store.ts';
import { findPostgres, type PostgresServer, startPostgres } from './postgres-server.ts';

const found = findPostgres();
const missing = 'reason' in found ? found.reason : undefined;
const memories = 6000;
const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 3);

// The reason is in the title.
describe.skipIf(missing)(`migration and PostgreSQL${missing ? ` (${missing})` : ''}`, () => {
  let server: PostgresServer;
  let database: TestDatabase;
  let world: World;

  beforeAll(async () => {
    if ('reason' in found) return;
    server = await startPostgres(found);
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    world = new World();
    database = await makeTestDatabase(server.url);
  });
  afterEach(async () => {
    await world.close();
    await database.remove();
  });

  const settings = () => ({
    REVERIE_RECORDS: 'postgres',
    REVERIE_POSTGRES_URL: database.url,
  });
  const into = (killAfterMs?: number): Promise<Ended> =>
    migrate(['--from', world.path('data'), '--to', database.url], {}, killAfterMs);
  const back = (killAfterMs?: number): Promise<Ended> =>
    migrate(['--from', database.url, '--to', world.path('back')], {}, killAfterMs);
  const marks = async (): Promise<number> => {
    const sql = `SELECT 1 FROM reverie.control WHERE key = 'migration/incoming'::bytea`;
    return (await database.ask(sql).catch(() => [])).length;
  };

  const fill = async (): Promise<void> => {
    const served = await world.serve('data');
    for (let at = 0; at < memories; at += 1000) {
      const items = Array.from({ length: 1000 }, (_, i) => ({ value: `turn ${at + i} of tulips` }));
      await served.client.storeMany(items, { namespace: `space ${(at / 1000) % 3}` });
    }
    await served.close();
  };
  const countIn = async (folder: string, env: Record<string, string> = {}): Promise<number> => {
    const { client, close } = await servedIn(folder, env);
    let count = 0;
    for (const no of [0, 1, 2]) {
      for await (const _ of client.list({ namespace: `space ${no}`, limit: 200 })) count += 1;
    }
    await close();
    return count;
  };
  const servedIn = async (folder: string, env: Record<string, string>) => {
    const served = await world.serve(folder, env);
    return { client: served.client, close: () => served.close() };
  };

  test('a folder goes to PostgreSQL and on from there, and back again', async () => {
    const served = await world.serve('data');
    const told = await live(served);
    await served.close();
    const named = { ...settings(), REVERIE_DATA_DIR: world.path('data') };
    const moved = await migrate(['--from', 'sqlite', '--to', 'postgres', '--json'], named);
    expect(moved).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(moved.out)).toMatchObject({ ok: true, resumed: false, differences: [] });
    expect(moved.out).not.toContain(`:${new URL(database.url).password}@`);
    expect(moved.out).toContain('The list of erasures (');
    // The way back begins before anything was done there.
    const returned = await back();
    expect(returned).toMatchObject({ code: 0, err: '' });
    expect(await world.failedChecks('back')).toEqual([]);
    await expectTheSame(await world.serve('back'), told);
    const reindexed = await runCommand(['reindex', '--json'], settings());
    const analyses = { changed: 0 };
    expect(JSON.parse(reindexed.out)).toMatchObject({ ok: true, namespaces: 2, analyses });
    const there = await world.serve('files', settings());
    await expectTheSame(there, told);
    // A server is connected now.
    expect(await migrate(['--from', database.url, '--to', world.path('more')])).toMatchObject({
      ...{ code: 1, err: expect.stringMatching(/^migration_refused: The source is in use/) },
    });
    await there.close();
  });

  test('killed at any moment, the same command goes on', { timeout: 300_000 }, async () => {
    await fill();
    const other = await makeTestDatabase(server.url);
    const start = performance.now();
    const whole = await migrate(['--from', world.path('data'), '--to', other.url]);
    const wholeMs = performance.now() - start;
    expect(whole).toMatchObject({ code: 0 });
    await other.remove();
    const someMs = () => wholeMs * (0.3 + 0.6 * Math.random());
    let code: number | null = null;
    for (let round = 0; round < rounds && code !== 0; round++) {
      ({ code } = await into(someMs()));
      if ((await marks()) === 0) continue;
      const refused = world.serve('files', settings());
      await expect(refused).rejects.toMatchObject({ code: 'migration_unfinished' });
    }
    if (code !== 0) expectEnd(await into());
    expect(await countIn('files', settings())).toBe(memories);
    code = null;
    for (let round = 0; round < rounds && code !== 0; round++) ({ code } = await back(someMs()));
    if (code !== 0) expectEnd(await back());
    expect(await world.failedChecks('back')).toEqual([]);
    expect(await countIn('back')).toBe(memories);
  });

  test('PostgreSQL killed meanwhile: coded, and it goes on', { timeout: 300_000 }, async () => {
    await fill();
    const gone = { code: 1, err: expect.stringMatching(/^store_unavailable: /) };
    const under = into();
    await expect.poll(countRows, { timeout: 30_000 }).toBeGreaterThan(0);
    await server.kill();
    expect(await under).toMatchObject(gone);
    await server.start();
    const again = await into();
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain('a part of it by an earlier run');
    expect(await countIn('files', settings())).toBe(memories);
    const returning = back();
    const path = join(world.path('back'), 'reverie.db');
    await expect.poll(() => existsSync(path), { timeout: 30_000 }).toBe(true);
    await sleep(100);
    await server.kill();
    expect(await returning).toMatchObject(gone);
    await server.start();
    expect(await back()).toMatchObject({ code: 0, err: '' });
    expect(await world.failedChecks('back')).toEqual([]);
    expect(await countIn('back')).toBe(memories);
  });

  /** As the superuser, who is above row-level security. */
  const countRows = async (): Promise<number> => {
    const sql = 'SELECT count(*)::int AS rows FROM reverie.memories';
    const counted = await database.ask(sql, 'superuser').catch(() => []);
    return Number(counted[0]?.rows ?? 0);
  };
});

/** The one before may have been killed in the moment between its last write and its end. */
const expectEnd = ({ code, err }: Ended): void => {
  if (code !== 0) expect(err).toContain('The target is not empty');
};

const migrate = (args: string[], env: Record<string, string> = {}, killAfterMs?: number) =>
  runCommand(['migrate', ...args], env, killAfterMs);
