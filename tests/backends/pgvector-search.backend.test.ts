/** A large namespace whose vectors are in pgvector answers as one that has them in memory. */

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
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { rootKey, send } from '../http/scenario.ts';
import { manyMemories, manyQuestions } from './many-memories.ts';

const from = 2_000;
const namespace = 'large';
const all = manyMemories(5_600);

// The reason is in the title.
describe.skipIf(missing)(`vectors in pgvector${missing ? ` (${missing})` : ''}`, () => {
  let database: TestDatabase;
  let folder: string;
  let outside: RunningApp;
  let builtin: RunningApp;

  const settings = (more: Record<string, string>) =>
    loadSettings({ REVERIE_ROOT_KEY: rootKey, REVERIE_LOG_LEVEL: 'silent', ...more });
  const openOutside = () =>
    openApp(
      settings({
        REVERIE_DATA_DIR: folder,
        REVERIE_VECTORS: 'pgvector',
        REVERIE_PGVECTOR_URL: database.url,
        REVERIE_VECTORS_FROM: String(from),
        REVERIE_VECTORS_WAIT_MS: '10000',
        REVERIE_LARGE_NAMESPACE: '3000',
      }),
    );

  beforeAll(async () => {
    database = await makeVectorDatabase();
    folder = await mkdtemp(join(tmpdir(), 'reverie-pgvector-'));
    outside = await openOutside();
    builtin = await openApp(settings({ REVERIE_RECORDS: 'ephemeral' }));
    for (const app of [outside, builtin]) {
      for (let start = 0; start < all.length; start += 500) await bulk(app, start, start + 500);
    }
    // Large namespaces are found at the start, and once a minute.
    await outside.close();
    outside = await openOutside();
    await isThere();
  }, 400_000);
  afterAll(async () => {
    await outside?.close();
    await builtin?.close();
    await database?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  async function bulk(app: RunningApp, start: number, end: number, into = namespace) {
    const items = all.slice(start, end).map((each) => ({ ...each, namespace: into }));
    const { response, text } = await send(app, { path: '/v1/memory/bulk', body: { items } });
    expect(response.status, text).toBe(200);
  }

  const vectors = async () =>
    (await send(outside, { path: '/health/ready' })).json().checks.vectors;
  /** Until everything is in pgvector. */
  const isThere = () =>
    vi.waitFor(
      async () => {
        const whole = { status: 'ok', filling: 0, behind: 0, namespaces: 1 };
        expect(await vectors()).toMatchObject(whole);
      },
      { timeout: 60_000, interval: 100 },
    );
  const search = async (app: RunningApp, body: object) => {
    const { response, text, json } = await send(app, {
      path: '/v1/memory/search',
      body: { namespace, limit: 10, ...body },
    });
    expect(response.status, text).toBe(200);
    return json();
  };
  type Hit = { value: string; score: number; signals: { vector: number } };
  const shown = ({ results }: { results: Hit[] }) =>
    results.map(({ value, score, signals }) => [
      value,
      score.toFixed(3),
      signals.vector.toFixed(3),
    ]);

  test('the vectors are there, and not in memory', async () => {
    const bytes = async (app: RunningApp): Promise<number> => {
      await search(app, { query: 'bees' });
      const { text } = await send(app, { path: '/metrics' });
      return Number(/^reverie_index_memory_bytes (\S+)/m.exec(text)?.[1]);
    };
    const parts = Math.floor(all.length / 1_024);
    expect(await bytes(outside)).toBeLessThan((await bytes(builtin)) - parts * 1_024 * 250);
  });

  test('the answers are those of vectors in memory', async () => {
    let same = 0;
    let found = 0;
    let total = 0;
    for (const query of manyQuestions) {
      const [here, there] = [await search(builtin, { query }), await search(outside, { query })];
      expect(there.degraded).toBeUndefined();
      const right = new Set(here.results.map(({ value }: Hit) => value));
      total += right.size;
      found += there.results.filter(({ value }: Hit) => right.has(value)).length;
      if (JSON.stringify(shown(here)) === JSON.stringify(shown(there))) same += 1;
    }
    expect(found / total).toBeGreaterThanOrEqual(0.99);
    expect(same / manyQuestions.length).toBeGreaterThanOrEqual(0.9);
  });

  const expectSame = async (body: { query: string }, share: number) => {
    const [here, there] = [await search(builtin, body), await search(outside, body)];
    const right = new Set(here.results.map(({ value }: Hit) => value));
    const found = there.results.filter(({ value }: Hit) => right.has(value)).length;
    expect(found / right.size, body.query).toBeGreaterThanOrEqual(share);
    return there;
  };

  test('a filter is answered as in memory, whether it leaves many or few', async () => {
    for (const query of manyQuestions.slice(0, 12)) {
      await expectSame({ query, ...{ tags: ['rare'] } }, 1);
      await expectSame({ query, ...{ tags: ['shelf-1'] } }, 0.9);
    }
  });

  test('what was just stored is found by the very next search, by its vector', async () => {
    for (let i = 0; i < 20; i += 1) {
      const value = `Nadia hid the passport ${i} behind the green clock of room ${i * 7}.`;
      for (const app of [outside, builtin]) {
        const body = { value, namespace };
        expect((await send(app, { path: '/v1/memory-set', body })).response.status).toBe(200);
      }
      const query = `Where did she put her travel document ${i}, in room ${i * 7}?`;
      const there = await expectSame({ query }, 0.9);
      const own = there.results.find((hit: Hit) => hit.value === value);
      expect(own?.signals.vector).toBeGreaterThan(0);
    }
    await isThere();
  });

  test('a memory that is rewritten is found by what it says now', async () => {
    for (const app of [outside, builtin]) {
      const [hit] = (await search(app, { query: all[17]?.value })).results;
      const changed = await send(app, {
        method: 'PATCH',
        path: `/v1/memory/${hit.id}`,
        body: { value: 'Quentin restores antique telescopes in a lighthouse.' },
      });
      expect(changed.response.status, changed.text).toBe(200);
    }
    const there = await expectSame({ query: 'Does Quentin repair old telescopes?' }, 0.9);
    expect(there.results[0].value).toContain('Quentin');
  });

  test('a small namespace beside it keeps its vectors in memory', async () => {
    await bulk(outside, 0, 300, 'small');
    await bulk(builtin, 0, 300, 'small');
    for (const query of manyQuestions.slice(0, 10)) {
      const body = { query, namespace: 'small' };
      const [here, there] = [await search(builtin, body), await search(outside, body)];
      expect(shown(there)).toEqual(shown(here));
    }
    expect(await vectors()).toMatchObject({ namespaces: 1 });
  });
});
