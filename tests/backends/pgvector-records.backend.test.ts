/** Records and vectors in one PostgreSQL, and two servers over it that both bring the vectors. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  makeVectorDatabase,
  missing,
} from '../../packages/server/src/backends/pgvector/test-database.ts';
import type { TestDatabase } from '../../packages/server/src/backends/postgres/test-database.ts';
import { openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { rootKey, send } from '../http/scenario.ts';
import { manyMemories } from './many-memories.ts';

const namespace = 'shared';
const soon = { timeout: 60_000, interval: 100 };

// The reason is in the title.
describe.skipIf(missing)(`records beside pgvector${missing ? ` (${missing})` : ''}`, () => {
  let database: TestDatabase;
  let apps: RunningApp[] = [];

  const open = (more: Record<string, string> = {}) =>
    openApp(
      loadSettings({
        REVERIE_ROOT_KEY: rootKey,
        REVERIE_LOG_LEVEL: 'silent',
        REVERIE_RECORDS: 'postgres',
        REVERIE_POSTGRES_URL: database.url,
        REVERIE_VECTORS: 'pgvector',
        REVERIE_VECTORS_FROM: '1000',
        REVERIE_VECTORS_WAIT_MS: '10000',
        ...more,
      }),
    );
  const post = async (app: RunningApp | undefined, path: string, body: object) => {
    if (!app) throw new Error('it is opened before');
    const { response, text, json } = await send(app, { path, body });
    expect(response.status, text).toBe(200);
    return json();
  };

  beforeAll(async () => {
    database = await makeVectorDatabase();
    const first = await open();
    const items = manyMemories(2_200).map((each) => ({ ...each, namespace }));
    for (let start = 0; start < items.length; start += 550) {
      await post(first, '/v1/memory/bulk', { items: items.slice(start, start + 550) });
    }
    await first.close();
    // One searches it in a worker, the other on its main thread.
    apps = await Promise.all([open({ REVERIE_LARGE_NAMESPACE: '1000' }), open()]);
  }, 400_000);
  afterAll(async () => {
    for (const app of apps) await app.close();
    await database?.remove();
  });

  const there = async (): Promise<number> => {
    const [row] = await database.ask(
      'SELECT sum(reverie_vectors.count_vectors(tenant, namespace_no, generation)) AS n ' +
        'FROM reverie_vectors.places',
      'superuser',
    );
    return Number(row?.n);
  };

  test('both bring what is stored and forgotten through either, once', async () => {
    await vi.waitFor(async () => expect(await there()).toBe(2_200), soon);
    const [one, two] = apps;
    let kept = 2_200;
    for (let i = 0; i < 30; i += 1) {
      const [writer, reader] = i % 2 === 0 ? [one, two] : [two, one];
      const value = `Olga left the parcel ${i} with the baker of street ${i * 3}.`;
      const { id } = await post(writer, '/v1/memory-set', { value, namespace });
      kept += 1;
      const query = `Who has the parcel ${i} of street ${i * 3}?`;
      const found = await post(reader, '/v1/memory/search', { query, namespace, limit: 5 });
      expect(found.results[0].value).toBe(value);
      expect(found.degraded).toBeUndefined();
      if (i % 3 !== 0) continue;
      await post(reader, '/v1/forget', { memory_id: id, namespace });
      kept -= 1;
    }
    await vi.waitFor(async () => expect(await there()).toBe(kept), soon);
  });

  test('both give the same answer', async () => {
    for (const query of ['Who keeps bees?', 'a medical career', 'lost money in Graz']) {
      const asked = { query, namespace, limit: 10 };
      const [one, two] = await Promise.all(
        apps.map((app) => post(app, '/v1/memory/search', asked)),
      );
      expect(two.results).toEqual(one.results);
      expect(one.results[0].signals.vector).toBeGreaterThan(0);
    }
  });
});
