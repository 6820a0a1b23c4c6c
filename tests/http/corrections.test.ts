/** What a correction asks of the embedder: nothing, unless the memory says something else now. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import {
  answerOf,
  type FakeService,
  openFakeService,
  sendJson,
} from '../../packages/server/src/providers/remote/fake-service.test.helper.ts';
import { rootKey, send } from './scenario.ts';

let service: FakeService;
let app: RunningApp;
let embedded: string[] = [];

beforeAll(async () => {
  service = await openFakeService((sent, response) => {
    embedded.push(...[sent.body.input].flat().map(String));
    sendJson(response, answerOf('openai-compatible', sent, 64));
  });
  app = await openApp(
    loadSettings({
      REVERIE_ROOT_KEY: rootKey,
      REVERIE_RECORDS: 'ephemeral',
      REVERIE_LOG_LEVEL: 'silent',
      REVERIE_EMBEDDER: 'openai-compatible',
      REVERIE_EMBEDDER_MODEL: 'test-model',
      REVERIE_EMBEDDER_URL: service.url,
      REVERIE_EMBEDDER_API_KEY: 'service-key-of-nobody',
      REVERIE_EMBED_WAIT_MS: '2000',
    }),
  );
});
afterAll(async () => {
  await app.close();
  await service.close();
});

const ask = async (method: string, path: string, body: object) => {
  const { response, text, json } = await send(app, { method, path, body });
  expect(response.status, text).toBe(200);
  return json();
};
const set = (body: object) => ask('POST', '/v1/memory-set', body);

test('labels and columns cost no vector, and take none away', async () => {
  const fact = { namespace: 'labels', key: 'home', value: 'Ann lives in Porto.' };
  const { id, indexed } = await set(fact);
  expect(indexed).toEqual({ text: true, vector: true });
  embedded = [];
  const path = `/v1/memory/${id}`;
  for (const patch of [{ pinned: true }, { occurred_at: '2026-05-01' }, { metadata: { a: 1 } }]) {
    const { memory } = await ask('PATCH', path, patch);
    expect(memory.indexed).toEqual({ text: true, vector: true });
  }
  expect(embedded).toEqual([]);
  // A store embeds before it knows that the same fact is there.
  expect((await set({ ...fact, tags: ['kept'] })).indexed).toEqual({ text: true, vector: true });
  expect((await set({ ...fact, importance: 1 })).status).toBe('merged');
  expect(embedded).toHaveLength(2);
  const search = async (more: object) =>
    (await ask('POST', '/v1/memory/search', { namespace: 'labels', query: fact.value, ...more }))
      .results;
  const filter = { 'metadata.a': 1, tags: 'kept', occurred_at: { lt: '2026-05-02' } };
  const [found] = await search({ filter, signals: { text: false, entity: false } });
  expect(found.id).toBe(id);
  embedded = [];
  await ask('PATCH', path, { value: 'Ann lives in Braga.' });
  await ask('PATCH', path, { speaker: 'Ann' });
  expect(embedded).toEqual(['Ann lives in Braga.', 'Ann: Ann lives in Braga.']);
});

test('a caption that comes with the same text is searched too', async () => {
  const fact = { namespace: 'captions', key: 'photo', value: 'The photo of the trip.' };
  await set(fact);
  embedded = [];
  await set({ ...fact, attachments: [{ caption: 'Katherine in Kyoto' }] });
  expect(embedded.at(-1)).toContain('Kyoto');
  const body = { namespace: 'captions', query: 'Where was Katherine?' };
  const [found] = (await ask('POST', '/v1/memory/search', body)).results;
  expect(found.matched.entities).toContain('katherine');
});
