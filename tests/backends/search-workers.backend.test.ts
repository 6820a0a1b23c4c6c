/** Search workers over PostgreSQL: answers, connections, and bad days. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  done,
  FakeClock,
  named,
  put,
} from '../../packages/server/src/backends/contract/fixtures.ts';
import {
  openPostgresStore,
  openSharedPostgresStore,
} from '../../packages/server/src/backends/postgres/postgres-store.ts';
import {
  makeTestDatabase,
  missing,
  type TestDatabase,
} from '../../packages/server/src/backends/postgres/test-database.ts';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import type { TenantId } from '../../packages/server/src/domain/memory.ts';
import { manyQuestions } from './many-memories.ts';
import { findPostgres, type PostgresServer, startPostgres } from './postgres-server.ts';
import { ask, fill, found, openOn, runSearchWorkers, set, workers } from './worker-rules.ts';

const clock = new FakeClock();

const storeIn = (database: TestDatabase, timeoutMs = 2_000) => ({
  settings: {
    REVERIE_RECORDS: 'postgres',
    REVERIE_POSTGRES_URL: database.url,
    REVERIE_POSTGRES_TIMEOUT_MS: String(timeoutMs),
  },
  remove: () => database.remove(),
});

/** The connections of search workers, by their process numbers. */
async function connections(database: TestDatabase): Promise<number[]> {
  const rows = await database.ask(`SELECT pid FROM pg_stat_activity
    WHERE application_name = 'reverie-search' AND datname = current_database() ORDER BY pid`);
  return rows.map(({ pid }) => Number(pid));
}

runSearchWorkers('PostgreSQL', missing, async () => storeIn(await makeTestDatabase(), 30_000));

// The reason is in the title.
describe.skipIf(missing)(`a worker's connections${missing ? ` (${missing})` : ''}`, () => {
  let database: TestDatabase;
  let here: RunningApp;
  let there: RunningApp;

  beforeAll(async () => {
    database = await makeTestDatabase();
    here = await openOn(storeIn(database), 0);
    there = await openOn(storeIn(database));
    await fill(here);
  });
  afterAll(async () => {
    await here?.close();
    await there?.close();
    await database?.remove();
  });

  test('a statement of a worker ends in time, and the next search goes on', async () => {
    expect((await found(there, 'bees')).length).toBeGreaterThan(0);
    const id = await set(here, 'Petra polishes a brass compass.');
    const locked = database.ask(
      `SELECT set_config('application_name', 'in the way', false);
      BEGIN; LOCK TABLE reverie.changes IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(6); COMMIT`,
    );
    await vi.waitFor(async () => {
      const rows = await database.ask(`SELECT 1 FROM pg_stat_activity
        WHERE application_name = 'in the way' AND wait_event = 'PgSleep'`);
      expect(rows.length).toBe(1);
    });
    // Otherwise it would wait for the lock, and answer 200.
    const late = await ask(there, 'Who polishes a compass?');
    expect(late.response.status).toBe(503);
    expect(late.json().error).toMatchObject({ code: 'store_unavailable' });
    await locked;
    expect((await found(there, 'Who polishes a compass?'))[0]?.id).toBe(id);
  });

  test('connections of a worker that break are made again', async () => {
    const before = await connections(database);
    const id = await set(here, 'Oskar carves owls out of walnut.');
    await database.ask(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'reverie-search' AND datname = current_database()`,
      'superuser',
    );
    expect((await found(there, 'Who carves owls?'))[0]?.id).toBe(id);
    const after = await connections(database);
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  });

  test('a worker that dies takes its connections with it', async () => {
    const before = await connections(database);
    await workers.at(-1)?.terminate();
    expect((await found(there, 'bees')).length).toBeGreaterThan(0);
    await vi.waitFor(async () => {
      const now = await connections(database);
      expect(now.filter((pid) => before.includes(pid))).toEqual([]);
      expect(now.length).toBeGreaterThan(0);
    });
  });

  test('no more connections are open than four for a worker, and none after it', async () => {
    const asked = manyQuestions.map((query) => found(there, query));
    await Promise.all([...asked, set(here, 'Rosa winds the tower clock.')]);
    expect((await connections(database)).length).toBeLessThanOrEqual(4);
    const exited = Promise.all(workers.filter(isRunning).map((worker) => once(worker, 'exit')));
    await there.close();
    await exited;
    await vi.waitFor(async () => expect(await connections(database)).toEqual([]));
    there = await openOn(storeIn(database));
    expect((await found(there, 'Who winds the tower clock?'))[0]?.value).toContain('Rosa');
  });
});

const local = findPostgres();
const absent = 'reason' in local ? local.reason : undefined;

describe.skipIf(absent)(`bad days of a search worker${absent ? ` (${absent})` : ''}`, () => {
  let server: PostgresServer;

  beforeAll(async () => {
    if ('reason' in local) return;
    server = await startPostgres(local);
  });
  afterAll(async () => {
    await server?.stop();
  });

  test('killed, then standing still: 503 meanwhile, and right answers after', async () => {
    const before = workers.length;
    const app = await openOn(storeIn(await makeTestDatabase(server.url)));
    await fill(app);
    const query = 'Who repaired the bicycle of a neighbour?';
    const right = await found(app, query);
    expect(workers.length).toBe(before + 1);
    for (const [away, back] of [
      [() => server.kill(), () => server.start()],
      [() => server.pause(), () => server.resume()],
    ] as const) {
      await away();
      const gone = await Promise.all([1, 2, 3].map(() => ask(app, query)));
      for (const { response, json } of gone) {
        expect(response.status).toBe(503);
        expect(json().error).toMatchObject({ code: 'store_unavailable' });
      }
      await back();
      await vi.waitFor(async () => expect((await ask(app, query)).response.status).toBe(200), {
        timeout: 30_000,
        interval: 100,
      });
      expect(await found(app, query)).toEqual(right);
    }
    const id = await set(app, 'Oskar carves owls out of walnut.');
    expect((await found(app, 'Who carves owls?'))[0]?.id).toBe(id);
    // The same thread all the time.
    expect(workers.length).toBe(before + 1);
    await app.close();
  });

  test('what a worker opens while PostgreSQL is away is read when it is back', async () => {
    const { url } = await makeTestDatabase(server.url);
    const store = await openPostgresStore({ url, clock, poolMax: 1, timeoutMs: 1_000 });
    const tenant = 'acme' as TenantId;
    const { namespace: made } = done(
      await store.records.open(tenant).commit(named('home'), { ops: [put(1)] }),
    );
    await server.kill();
    const shared = await openSharedPostgresStore(structuredClone(store.share()), clock);
    const index = shared.records.open(tenant).index(made.no, 1);
    await expect(index.state()).rejects.toMatchObject({ code: 'store_unavailable' });
    await server.start();
    expect(await index.state()).toMatchObject({ seq: 1, nextOrdinal: 2 });
    // The wall: a number of somebody else is nobody's.
    const other = shared.records.open('other' as TenantId);
    done(await store.records.open('other' as TenantId).commit(named('home'), { ops: [put(1)] }));
    expect(await other.index(made.no, 1).state()).toMatchObject({ seq: 0 });
    await shared.records.close();
    await store.close();
  });
});

/** One that has ended has no number any more. */
function isRunning({ threadId }: Worker): boolean {
  return threadId > 0;
}
