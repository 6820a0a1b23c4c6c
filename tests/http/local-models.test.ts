/** Settings that name local models, through to answers; with tiny models, where the library is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doctor, type RunningApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import {
  libraryMissing,
  removeModel,
  tinyModel,
} from '../../packages/server/src/providers/transformers/tiny-model.test.helper.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';

const embedder = tinyModel('tiny-embedder');
const reranker = tinyModel('tiny-reranker');
afterAll(() => [embedder, reranker].forEach(removeModel));

const settings = {
  REVERIE_EMBEDDER: 'transformers',
  REVERIE_EMBEDDER_MODEL: embedder.folder,
  REVERIE_RERANKER: 'transformers',
  REVERIE_RERANKER_MODEL: reranker.folder,
  REVERIE_RERANKER_BUDGET_MS: '10000',
};
const inspect = () => doctor(loadSettings({ ...settings, REVERIE_RECORDS: 'ephemeral' }));

// The package weighs half a gigabyte, so it is not among those that every checkout installs.
if (libraryMissing !== undefined) {
  test('without the package a start is refused and says what to install', async () => {
    const refused = {
      code: 'setting_invalid',
      message: expect.stringContaining('npm install @huggingface/transformers'),
    };
    await expect(openTestApp(settings)).rejects.toMatchObject(refused);
    const { checks } = await inspect();
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['embedder', false],
      ['reranker', false],
    ]);
    for (const { detail } of checks) expect(detail).toContain('npm install');
  });
} else describe('a server with local models', withLibrary);

function withLibrary(): void {
  let app: RunningApp;
  beforeAll(async () => {
    app = await openTestApp(settings);
  });
  afterAll(() => app.close());

  test('finds by their vectors and reranks by their scores', async () => {
    for (const value of ['Ann drinks tea.', 'Bob drinks coffee.', 'It rains in Oslo.']) {
      await send(app, { path: '/v1/memory-set', body: { value } });
    }
    const body = { query: 'Ann drinks tea.', signals: { text: false, entity: false } };
    const answer = (await send(app, { path: '/v1/memory/search', body })).json();
    expect(answer).not.toHaveProperty('degraded');
    expect(answer.rerank_time_ms).toBeGreaterThan(0);
    const same = answer.results.find((result: { value: string }) => result.value === body.query);
    expect(same.signals.vector).toBeGreaterThan(0.99);
    expect(new Set(answer.results.map((result: typeof same) => result.signals.rerank)).size).toBe(
      answer.results.length,
    );
  });

  test('names its model, and doctor tries both', async () => {
    const health = (await send(app, { path: '/health' })).json();
    expect(health.model).toMatch(/^transformers:tiny-embedder:q8:/);
    const { checks } = await inspect();
    expect(checks).toEqual([
      { name: 'embedder', ok: true, detail: expect.stringContaining('32 dimensions, answered') },
      { name: 'reranker', ok: true, detail: expect.stringContaining('tiny-reranker') },
    ]);
  });
}
