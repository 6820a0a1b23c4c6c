/** The product over an embedder that is somebody else's service. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doctor, openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import {
  answerOf,
  type FakeService,
  openFakeService,
  sendJson,
} from '../../packages/server/src/providers/remote/fake-service.test.helper.ts';
import { rootKey, send } from './scenario.ts';

/** Not a multiple of the step of the scan, so that rows must be padded. */
const dimension = 100;
const apiKey = 'service-key-of-nobody';
let service: FakeService;
let folder: string;
let isDown = false;
/** Texts with this word are refused; with an empty one, all are. */
let refused: string | undefined;

const settings = (env: Record<string, string> = {}) =>
  loadSettings({
    REVERIE_ROOT_KEY: rootKey,
    REVERIE_RECORDS: 'ephemeral',
    REVERIE_LOG_LEVEL: 'silent',
    REVERIE_EMBEDDER: 'openai-compatible',
    REVERIE_EMBEDDER_MODEL: 'test-model',
    REVERIE_EMBEDDER_URL: service.url,
    REVERIE_EMBEDDER_API_KEY: apiKey,
    ...env,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-remote-'));
  service = await openFakeService((sent, response) => {
    const refuses = refused !== undefined && JSON.stringify(sent.body.input).includes(refused);
    if (isDown) sendJson(response, { error: apiKey }, 401);
    else if (refuses) sendJson(response, { error: 'too long' }, 400);
    else sendJson(response, answerOf('openai-compatible', sent, dimension));
  });
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

async function post(app: RunningApp, path: string, body: object) {
  const { response, text, json } = await send(app, { path, body });
  expect(response.status, text).toBe(200);
  return json();
}

describe('a store over a remote embedder', () => {
  test('is not embedded for warming up, and finds by meaning alone', async () => {
    const app = await openApp(settings(), { isWarm: true });
    try {
      // One call asked for the dimension.
      expect(service.sent).toHaveLength(1);
      const namespace = 'ann';
      const values = ['my daughter plays the violin', 'the report is due on tuesday'];
      for (const value of values) await post(app, '/v1/memory-set', { value, namespace });
      const signals = { text: false, entity: false };
      const query = 'violin daughter';
      const found = await post(app, '/v1/memory/search', { query, namespace, signals });
      expect(found.results[0].value).toBe(values[0]);
      expect(found.results[0].signals.vector).toBeGreaterThan(0.3);
      expect(service.sent.at(-1)?.headers.authorization).toBe(`Bearer ${apiKey}`);
    } finally {
      await app.close();
    }
  });

  test('searches a large namespace in a worker, which calls no service', async () => {
    const large = { REVERIE_RECORDS: 'sqlite', REVERIE_DATA_DIR: folder };
    const app = await openApp(settings({ ...large, REVERIE_LARGE_NAMESPACE: '1000' }));
    try {
      const items = Array.from({ length: 600 }, (_, i) => ({ value: `note ${i} about w${i}` }));
      for (const part of [0, 1]) {
        const namespace = 'large';
        const some = items.map((item) => ({ value: `${item.value} part${part}`, namespace }));
        await post(app, '/v1/memory/bulk', { items: some });
      }
      // A thousand calls outlast what a store waits for: the rest follows in the background.
      const pending = async () => {
        const { json } = await send(app, { path: '/v1/admin/embeddings' });
        return json().generations[0].pending;
      };
      await expect.poll(pending, { timeout: 20_000, interval: 50 }).toBe(0);
      const calls = service.sent.length;
      const query = {
        query: 'note 77 about w77 part1',
        namespace: 'large',
        signals: { text: false, entity: false },
      };
      const found = await post(app, '/v1/memory/search', query);
      expect(found.results[0].value).toBe('note 77 about w77 part1');
      expect(found.results[0].signals.vector).toBeGreaterThan(0.98);
      expect(service.sent).toHaveLength(calls + 1);
    } finally {
      await app.close();
    }
  });

  test('one refused memory does not hold up a change of the model', async () => {
    const data = await mkdtemp(join(tmpdir(), 'reverie-refused-'));
    const disk = { REVERIE_RECORDS: 'sqlite', REVERIE_DATA_DIR: data };
    const own = { REVERIE_ROOT_KEY: rootKey, REVERIE_LOG_LEVEL: 'silent' };
    const former = await openApp(loadSettings({ ...own, ...disk }));
    const items = Array.from({ length: 40 }, (_, i) => ({ value: `note ${i} of many` }));
    await post(former, '/v1/memory/bulk', { items: [...items, { value: 'the poison ivy' }] });
    await former.close();
    const known = { ...disk, REVERIE_EMBEDDER_DIMENSION: '100' };
    refused = '';
    const app = await openApp(settings(known));
    const status = async () => (await send(app, { path: '/v1/admin/embeddings' })).json();
    try {
      // Who takes nothing refuses no text: nothing is given up.
      await expect.poll(async () => (await status()).problem, { timeout: 9_000 }).toMatch('400');
      expect(await status()).toMatchObject({ pending: 41, switching: 1 });
      refused = 'poison';
      await expect
        .poll(status, { timeout: 20_000 })
        .toMatchObject({ pending: 0, switching: 0, problem: null });
      const [first, target] = (await status()).generations;
      expect([first.refused, target.refused, target.namespaces]).toEqual([0, 1, 1]);
      const { results } = await post(app, '/v1/memory/search', { query: 'poison ivy' });
      expect(results[0]).toMatchObject({
        value: 'the poison ivy',
        indexed: { text: true, vector: false },
      });
    } finally {
      refused = undefined;
      await app.close();
      await rm(data, { recursive: true });
    }
  }, 40_000);

  test('doctor tries one embedding and says what it found, never the key', async () => {
    const { checks } = await doctor(settings());
    expect(checks[0]).toMatchObject({ name: 'embedder', ok: true });
    expect(checks[0]?.detail).toMatch(
      /^openai-compatible\/test-model@100, 100 dimensions, answered in \d+ ms$/,
    );
    isDown = true;
    try {
      const known = await doctor(settings({ REVERIE_EMBEDDER_DIMENSION: '100' }));
      expect(known.checks[0]).toMatchObject({
        ok: false,
        detail: expect.stringMatching(/^embedder_rejected: .*HTTP 401/),
      });
      const unknown = await doctor(settings());
      expect(unknown.checks[0]?.detail).toMatch(/^setting_invalid: .*REVERIE_EMBEDDER_DIMENSION/);
      expect(JSON.stringify([known, unknown])).not.toContain(apiKey);
    } finally {
      isDown = false;
    }
  });

  test('starts while the service is down when the dimension is known', async () => {
    isDown = true;
    try {
      const app = await openApp(settings({ REVERIE_EMBEDDER_DIMENSION: '100' }), { isWarm: true });
      await app.close();
      await expect(openApp(settings())).rejects.toMatchObject({ code: 'setting_invalid' });
    } finally {
      isDown = false;
    }
  });
});
