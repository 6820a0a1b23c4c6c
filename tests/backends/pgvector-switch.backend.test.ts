/** Another embedder: the new vectors are all there before a large namespace is searched by them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  makeVectorDatabase,
  missing,
} from '../../packages/server/src/backends/pgvector/test-database.ts';
import type { TestDatabase } from '../../packages/server/src/backends/postgres/test-database.ts';
import { openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import type { Models } from '../../packages/server/src/compose-models.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { bothModels, builtinModels, HashedEmbedder } from '../hashed-embedder.ts';
import { rootKey, send } from '../http/scenario.ts';
import { manyMemories } from './many-memories.ts';

const namespace = 'large';
const count = 1_200;

// The reason is in the title.
describe.skipIf(missing)(`another embedder, and pgvector${missing ? ` (${missing})` : ''}`, () => {
  let database: TestDatabase;
  let folder: string;
  let app: RunningApp | undefined;

  const open = async (models: Models): Promise<RunningApp> => {
    await app?.close();
    const settings = loadSettings({
      REVERIE_ROOT_KEY: rootKey,
      REVERIE_LOG_LEVEL: 'silent',
      REVERIE_DATA_DIR: folder,
      REVERIE_VECTORS: 'pgvector',
      REVERIE_PGVECTOR_URL: database.url,
      REVERIE_VECTORS_FROM: '1000',
    });
    app = await openApp(settings, { models });
    return app;
  };
  /** Passages by generation. */
  const there = async () => {
    const rows = await database.ask(
      `SELECT generation, reverie_vectors.count_vectors(tenant, namespace_no, generation)::int AS n
      FROM reverie_vectors.places ORDER BY generation`,
      'superuser',
    );
    return rows.map(({ generation, n }) => [generation, n]);
  };
  const checks = async (of: RunningApp) =>
    (await send(of, { path: '/health/ready' })).json().checks;

  beforeAll(async () => {
    database = await makeVectorDatabase();
    folder = await mkdtemp(join(tmpdir(), 'reverie-switch-'));
    const first = await open(builtinModels());
    const items = manyMemories(count).map((each) => ({ ...each, namespace }));
    for (let start = 0; start < count; start += 400) {
      const body = { items: items.slice(start, start + 400) };
      const { response, text } = await send(first, { path: '/v1/memory/bulk', body });
      expect(response.status, text).toBe(200);
    }
  }, 400_000);
  afterAll(async () => {
    await app?.close();
    await database?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('both generations are there, then only the one that is kept', async () => {
    await open(builtinModels());
    await vi.waitFor(async () => expect(await there()).toEqual([[1, count]]), 60_000);
    const next = await open(bothModels(new HashedEmbedder()));
    await vi.waitFor(
      async () => {
        const { embeddings } = await checks(next);
        expect(embeddings).toMatchObject({ pending: 0, switching: 0 });
      },
      { timeout: 90_000, interval: 20 },
    );
    // It was switched when all were there, not before.
    expect(await there()).toEqual([
      [1, count],
      [2, count],
    ]);
    const body = { query: 'Who keeps bees on the roof?', namespace, limit: 5 };
    const found = await send(next, { path: '/v1/memory/search', body });
    expect(found.json().degraded).toBeUndefined();
    expect(found.json().results[0].value).toContain('bees');
    const path = '/v1/admin/embeddings/1';
    const dropped = await send(next, { method: 'DELETE', path });
    expect(dropped.response.status, dropped.text).toBe(200);
    await open(bothModels(new HashedEmbedder()));
    await vi.waitFor(async () => expect(await there()).toEqual([[2, count]]), 60_000);
  });
});
