/** pgvector on bad days: searches go on by words and say so, stores go on, and nothing is lost. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeVectorDatabase } from '../../packages/server/src/backends/pgvector/test-database.ts';
import type { TestDatabase } from '../../packages/server/src/backends/postgres/test-database.ts';
import { compact, doctor, openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { rootKey, send } from '../http/scenario.ts';
import { serveProcess } from '../serve-process.ts';
import { manyMemories } from './many-memories.ts';
import { findPgvector } from './pgvector-server.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

const backend = process.env.REVERIE_TEST_BACKEND ?? 'pgvector';
const found = findPgvector();
const missing =
  backend === 'pgvector' ? ('reason' in found ? found.reason : undefined) : 'not asked for';
const namespace = 'large';
/** A filter that leaves this many is answered by the records alone, so there are more. */
const count = 5_600;
const waitMs = 400;
const late = 'vector: pgvector did not answer in time';
const soon = { timeout: 60_000, interval: 100 };

// The reason is in the title.
describe.skipIf(missing)(`bad days of pgvector${missing ? ` (${missing})` : ''}`, () => {
  let server: PostgresServer;
  let database: TestDatabase;
  let folder: string;
  let app: RunningApp;

  const environment = (dataDir: string, url = database.url) => ({
    REVERIE_ROOT_KEY: rootKey,
    REVERIE_LOG_LEVEL: 'silent',
    REVERIE_DATA_DIR: dataDir,
    REVERIE_VECTORS: 'pgvector',
    REVERIE_PGVECTOR_URL: url,
    REVERIE_VECTORS_FROM: '1000',
    REVERIE_VECTORS_WAIT_MS: String(waitMs),
    REVERIE_POSTGRES_TIMEOUT_MS: '1500',
  });
  const open = (url = database.url) => openApp(loadSettings(environment(folder, url)));

  beforeAll(async () => {
    if ('reason' in found) return;
    server = await startPostgres(found);
    database = await makeVectorDatabase(server.url);
    folder = await mkdtemp(join(tmpdir(), 'reverie-bad-days-'));
    app = await open();
    const all = manyMemories(count);
    for (let start = 0; start < count; start += 700) {
      const items = all.slice(start, start + 700).map((each) => ({ ...each, namespace }));
      const { response, text } = await send(app, { path: '/v1/memory/bulk', body: { items } });
      expect(response.status, text).toBe(200);
    }
    await app.close();
    app = await open();
    await isThere();
    await isWell();
  }, 400_000);
  afterAll(async () => {
    server?.resume();
    // A test that failed may have closed it already.
    await app?.close().catch(() => {});
    await server?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const check = async () => (await send(app, { path: '/health/ready' })).json().checks.vectors;
  const isThere = () =>
    vi.waitFor(async () => {
      expect(await check()).toMatchObject({ status: 'ok', filling: 0, behind: 0, namespaces: 1 });
    }, soon);
  const search = async (query: string) => {
    const startedAt = performance.now();
    const body = { query, namespace, limit: 5 };
    const { response, text, json } = await send(app, { path: '/v1/memory/search', body });
    expect(response.status, text).toBe(200);
    return { ...json(), tookMs: performance.now() - startedAt };
  };
  const isWell = () =>
    vi.waitFor(async () => expect((await search('pets')).degraded).toBeUndefined(), soon);
  const store = async (value: string) => {
    const { response, text } = await send(app, {
      path: '/v1/memory-set',
      body: { value, namespace },
    });
    expect(response.status, text).toBe(200);
  };
  /** Passages in pgvector. */
  const there = async (): Promise<number> => {
    const [row] = await database.ask(
      'SELECT sum(reverie_vectors.count_vectors(tenant, namespace_no, generation)) AS n ' +
        'FROM reverie_vectors.places',
      'superuser',
    );
    return Number(row?.n);
  };

  /** What every bad day has to keep. */
  async function expectDegraded(word: string): Promise<void> {
    const asked = await search('Who keeps bees?');
    expect(asked.degraded).toEqual([late]);
    expect(asked.results.length).toBeGreaterThan(0);
    expect(asked.tookMs).toBeLessThan(waitMs + 3_000);
    await store(`The ${word} is under the third flower pot.`);
    const own = await search(`Where is the ${word}?`);
    expect(own.results[0].value).toContain(word);
    const { response } = await send(app, { path: '/health/ready' });
    expect(response.status).toBe(200);
  }

  test('killed: words answer and stores go on; back again, it catches up by itself', async () => {
    const before = await there();
    await server.kill();
    await expectDegraded('spare key');
    await vi.waitFor(async () => expect((await check()).status).toBe('waiting'), soon);
    // After some failures nobody waits for it any more.
    for (let i = 0; i < 3; i += 1) await search('honey');
    expect((await search('honey')).tookMs).toBeLessThan(waitMs);
    const { text } = await send(app, { path: '/metrics' });
    expect(Number(/^reverie_vectors_missed_total (\d+)/m.exec(text)?.[1])).toBeGreaterThan(3);
    expect(text).toMatch(/^reverie_vectors_answers 0$/m);
    await server.start();
    await isWell();
    await isThere();
    expect(await there()).toBe(before + 1);
  });

  test('standing still: a search waits as long as it is allowed to', async () => {
    server.pause();
    await expectDegraded('red umbrella');
    server.resume();
    await isWell();
    await isThere();
  });

  test('slow: a table that is locked is not waited for', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE reverie_vectors.place_1_1 IN ACCESS EXCLUSIVE MODE');
    await expectDegraded('old compass');
    await client.query('ROLLBACK');
    await client.end();
    await isWell();
    await isThere();
  });

  test('away at the start: the server starts, and finds it when it is there', async () => {
    await app.close();
    await server.kill();
    app = await open();
    const asked = await search('Who keeps bees?');
    expect(asked.degraded).toEqual([late]);
    await server.start();
    await isWell();
    await isThere();
  });

  test('a server closes in time while it stands still', async () => {
    server.pause();
    await store('The tent is in the attic.');
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    server.resume();
    app = await open();
    await isThere();
  });

  test('what is said wrongly is refused at the start, with what to do', async () => {
    await app.close();
    const url = new URL(database.url);
    url.password = 'wrong';
    await expect(open(url.href)).rejects.toMatchObject({ code: 'setting_invalid' });
    await expect(open(url.href)).rejects.toThrow(/REVERIE_PGVECTOR_URL.*password/);
    const look = async (at: string) =>
      (await doctor(loadSettings(environment(folder, at)))).checks.find(
        ({ name }) => name === 'pgvector',
      );
    expect(await look(url.href)).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/password/),
    });
    expect(await look(database.url)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/pgvector .*, 1 namespaces/),
    });
    await database.ask('UPDATE reverie_vectors.generations SET dimension = 3');
    await expect(open()).rejects.toThrow(/3 dimensions.*DROP SCHEMA/);
    await database.ask('UPDATE reverie_vectors.generations SET dimension = 256');
    app = await open();
    await isThere();
  });

  test('emptied by hand: it is filled again, and answers are whole', async () => {
    const before = await there();
    await app.close();
    await database.ask('DROP SCHEMA reverie_vectors CASCADE');
    app = await open();
    await isThere();
    await isWell();
    expect(await there()).toBe(before);
  });

  test('a server that is killed while it fills goes on where it was', async () => {
    await app.close();
    await database.ask('DROP SCHEMA reverie_vectors CASCADE');
    for (let life = 0; life < 3; life += 1) {
      const child = await serveProcess(folder, namespace, environment(folder));
      await child.client.store({ value: `The boat was painted ${life + 1} times.` });
      await new Promise((resolve) => setTimeout(resolve, 400 * life));
      await child.stop('SIGKILL');
    }
    app = await open();
    await isThere();
    const { text } = await send(app, { path: `/v1/namespaces/${namespace}` });
    const passages = Number(/"memories":(\d+)/.exec(text)?.[1]);
    expect(await there()).toBe(passages);
  });

  test('a receipt says erased only when pgvector has let go of it', async () => {
    const settings = loadSettings(environment(folder));
    const [hit] = (await search('red umbrella flower pot')).results;
    await server.kill();
    const forgot = await send(app, { path: '/v1/forget', body: { memory_id: hit.id, namespace } });
    expect(forgot.response.status, forgot.text).toBe(200);
    const { id } = forgot.json().receipt;
    const state = async () => {
      const { text, json } = await send(app, { path: `/v1/forget/${id}` });
      return json().receipt?.state ?? text;
    };
    await app.close();
    await compact(settings);
    app = await open();
    expect(await state()).toBe('hidden');
    await server.start();
    await isThere();
    const isErased = async () => {
      await app.close();
      await compact(settings);
      app = await open();
      expect(await state()).toBe('erased');
    };
    // The call that was given up when it went might still come, for twice the time it may take.
    await vi.waitFor(isErased, { timeout: 60_000, interval: 1_000 });
    await isThere();
  });

  test('what is forgotten leaves pgvector', async () => {
    const before = await there();
    const { json } = await send(app, {
      path: '/v1/memory/search',
      body: { query: 'spare key flower pot', namespace, limit: 1 },
    });
    const [hit] = json().results;
    const forgot = await send(app, { path: '/v1/forget', body: { memory_id: hit.id, namespace } });
    expect(forgot.response.status, forgot.text).toBe(200);
    await vi.waitFor(async () => expect(await there()).toBe(before - 1), soon);
    const gone = await send(app, {
      method: 'DELETE',
      path: `/v1/namespaces/${namespace}?confirm=true`,
    });
    expect(gone.response.status, gone.text).toBe(200);
    await vi.waitFor(async () => {
      const places = 'SELECT count(*) AS n FROM reverie_vectors.places';
      expect(await database.ask(places, 'superuser')).toEqual([{ n: '0' }]);
      const tables =
        "SELECT relname FROM pg_class WHERE relname LIKE 'place\\_%' AND relkind = 'r'";
      expect(await database.ask(tables)).toEqual([]);
    }, soon);
  });
});
