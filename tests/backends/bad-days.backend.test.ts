/** PostgreSQL on bad days: refused at the start with what to do, 503 later, and nothing lost. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  done,
  FakeClock,
  named,
  put,
} from '../../packages/server/src/backends/contract/fixtures.ts';
import {
  openPostgresStore,
  type PostgresStore,
} from '../../packages/server/src/backends/postgres/postgres-store.ts';
import {
  makeTestDatabase,
  type TestDatabase,
} from '../../packages/server/src/backends/postgres/test-database.ts';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { compact, doctor, openApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import type { TenantId } from '../../packages/server/src/domain/memory.ts';
import { rootKey, send } from '../http/scenario.ts';
import { findPostgres, type PostgresServer, startPostgres } from './postgres-server.ts';

const found = findPostgres();
const missing = 'reason' in found ? found.reason : undefined;
const space = named('home');
const clock = new FakeClock();

const settingsFor = (url: string) =>
  loadSettings({
    REVERIE_RECORDS: 'postgres',
    REVERIE_POSTGRES_URL: url,
    REVERIE_ROOT_KEY: rootKey,
    REVERIE_LOG_LEVEL: 'silent',
  });

// The reason is in the title.
describe.skipIf(missing)(`bad days of PostgreSQL${missing ? ` (${missing})` : ''}`, () => {
  let server: PostgresServer;
  let database: TestDatabase;
  const opened: PostgresStore[] = [];

  beforeAll(async () => {
    if ('reason' in found) return;
    server = await startPostgres(found);
    database = await makeTestDatabase(server.url);
  });
  afterAll(async () => {
    for (const store of opened) await store.close();
    await server.stop();
  });

  const open = async (url = database.url, timeoutMs = 10_000): Promise<PostgresStore> => {
    const store = await openPostgresStore({ url, clock, poolMax: 8, timeoutMs });
    opened.push(store);
    return store;
  };
  const refusal = (url: string) =>
    open(url).then(
      () => undefined,
      (error: unknown) => error,
    );
  const changed = (change: (url: URL) => void): string => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  test('two that open an empty database together make its tables once', async () => {
    const fresh = await makeTestDatabase(server.url);
    const stores = await Promise.all([1, 2, 3].map(() => open(fresh.url)));
    for (const [i, store] of stores.entries()) {
      const records = store.records.open('acme' as TenantId);
      expect(done(await records.commit(space, { ops: [put(i)] })).namespace.seq).toBe(i + 1);
    }
    const made = await fresh.ask('SELECT version FROM reverie.schema_versions ORDER BY version');
    expect(made).toEqual([{ version: 1 }, { version: 2 }, { version: 3 }]);
  });

  test('what is said wrongly is refused at the start, with what to do', async () => {
    await (await open()).close();
    const password = await refusal(changed((url) => (url.password = 'wrong')));
    expect(password).toMatchObject({ code: 'setting_invalid' });
    expect(String(password)).toMatch(/REVERIE_POSTGRES_URL.*refuses the password/);
    const name = await refusal(changed((url) => (url.pathname = '/nowhere')));
    expect(name).toMatchObject({ code: 'setting_invalid' });
    expect(String(name)).toContain('createdb');
    const port = await refusal(changed((url) => (url.port = '1')));
    expect(port).toMatchObject({ code: 'store_unavailable' });
    const said = await doctor(settingsFor(changed((url) => (url.password = 'wrong'))));
    expect(said.checks).toContainEqual(expect.objectContaining({ name: 'postgres', ok: false }));
    const well = await doctor(settingsFor(database.url));
    expect(well.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(well.checks).toContainEqual({ name: 'schema', ok: true, detail: 'version 3 of 3' });
    await expect(compact(settingsFor(database.url))).rejects.toThrow('are in PostgreSQL');
    for (const error of [password, name, port]) expect(String(error)).not.toContain('wrong');
  });

  test('a role without rights is told which one it lacks', async () => {
    const other = await makeTestDatabase(server.url);
    const url = new URL(other.url);
    url.pathname = new URL(database.url).pathname;
    expect(await refusal(url.href)).toMatchObject({ code: 'setting_invalid' });
    const empty = await makeTestDatabase(server.url);
    url.pathname = new URL(empty.url).pathname;
    const error = await refusal(url.href);
    expect(error).toMatchObject({ code: 'setting_invalid' });
    expect(String(error)).toContain('GRANT CREATE ON DATABASE');
  });

  test('a schema that is newer, changed or somebody else’s is refused', async () => {
    const newer = await makeTestDatabase(server.url);
    await (await open(newer.url)).close();
    await newer.ask('INSERT INTO reverie.schema_versions (version) VALUES (99)');
    expect(String(await refusal(newer.url))).toContain('has schema 99; this release knows');
    await newer.ask('DELETE FROM reverie.schema_versions WHERE version = 99');
    await newer.ask('DROP TABLE reverie.threads');
    const drifted = await refusal(newer.url);
    expect(drifted).toMatchObject({ code: 'store_damaged' });
    expect(String(drifted)).toContain('it has no threads');
    const foreign = await makeTestDatabase(server.url);
    await foreign.ask('CREATE SCHEMA reverie; CREATE TABLE reverie.theirs (a int)');
    expect(await refusal(foreign.url)).toMatchObject({ code: 'store_damaged' });
  });

  test('killed under load and started again: what was acknowledged is there', async () => {
    const { records } = await open();
    const tenant = records.open('loaded' as TenantId);
    const spaces = ['a', 'b', 'c'].map(named);
    const kept: { name: (typeof spaces)[number]; ordinal: number; seq: number }[] = [];
    const faults: unknown[] = [];
    let isOver = false;
    let n = 0;
    const writers = Array.from({ length: 12 }, async (_, i) => {
      const name = spaces[i % 3] ?? space;
      while (!isOver) {
        try {
          const [applied] = done(await tenant.commit(name, { ops: [put(++n)] })).applied;
          if (applied) kept.push({ name, ...applied });
        } catch (error) {
          faults.push(error);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    });
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await wait(500);
    await server.kill();
    await wait(200);
    const before = kept.length;
    expect((await records.status()).writable).toBe(false);
    await server.start();
    await wait(700);
    isOver = true;
    await Promise.all(writers);
    expect(before).toBeGreaterThan(20);
    expect(kept.length).toBeGreaterThan(before);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toMatchObject({ code: 'store_unavailable' });
    for (const name of spaces) {
      const info = await tenant.namespace(name);
      const changes = await tenant.index(info?.no ?? 0, 1).changes(0, 100_000);
      expect(changes.map(({ seq }) => seq)).toEqual(changes.map((_, i) => i + 1));
      const stored = new Set(changes.map(({ seq, ordinal }) => `${seq} ${ordinal}`));
      const mine = kept.filter((one) => one.name === name);
      expect(mine.filter(({ seq, ordinal }) => !stored.has(`${seq} ${ordinal}`))).toEqual([]);
    }
  });

  test('one that stands still is given up in time, and used again when it goes on', async () => {
    const { records } = await open(database.url, 1_000);
    const tenant = records.open('paused' as TenantId);
    done(await tenant.commit(space, { ops: [put(1)] }));
    server.pause();
    const startedAt = performance.now();
    const [read, write] = await Promise.allSettled([
      tenant.namespace(space),
      tenant.commit(space, { ops: [put(2)] }),
    ]);
    const tookMs = performance.now() - startedAt;
    server.resume();
    expect(write).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } });
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } });
    expect(tookMs).toBeLessThan(10_000);
    const again = done(await tenant.commit(space, { ops: [put(3)] }));
    expect([2, 3]).toContain(again.namespace.seq);
  });

  test('over HTTP: 503 with a reason while it is gone, and no start is needed after', async () => {
    const fresh = await makeTestDatabase(server.url);
    const app: RunningApp = await openApp(settingsFor(fresh.url));
    const store = (value: string) =>
      send(app, { path: '/v1/memory-set', body: { value, namespace: 'n' } });
    const first = await store('The kettle is in the blue cupboard.');
    expect(first.response.status, first.text).toBe(200);
    await server.kill();
    const gone = await store('The kettle has moved.');
    expect(gone.response.status).toBe(503);
    expect(gone.json().error).toMatchObject({ code: 'store_unavailable' });
    // Another server might have revoked it: nobody is let in on what was known before.
    const blind = await send(app, { method: 'GET', path: '/v1/keys/self' });
    expect(blind.response.status).toBe(503);
    expect(blind.json().error).toMatchObject({ code: 'store_unavailable' });
    expect(gone.text).toContain('PostgreSQL does not answer');
    const ready = await send(app, { path: '/health/ready' });
    expect(ready.response.status).toBe(503);
    await server.start();
    const back = await store('The kettle is in the red cupboard.');
    expect(back.response.status, back.text).toBe(200);
    const search = await send(app, {
      path: '/v1/memory/search',
      body: { query: 'Where is the kettle?', namespace: 'n' },
    });
    expect(search.text).toContain('blue cupboard');
    expect(search.text).toContain('red cupboard');
    await app.close();
  });
});
