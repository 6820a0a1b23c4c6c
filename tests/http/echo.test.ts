/** Text that repeats what a recall handed out is kept, marked, and is no new evidence. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

const post = async (path: string, body: object) => {
  const { response, text, json } = await send(app, { path, body });
  expect(response.status, text).toBe(200);
  return json();
};
const set = (namespace: string, value: string, more = {}) =>
  post('/v1/memory-set', { value, namespace, ...more });
const search = (namespace: string, query: string, more = {}) =>
  post('/v1/memory/search', { query, namespace, ...more });

const said = 'Clara is allergic to walnuts and almonds.';

test.each(['search', 'context'])(
  'after a %s the same text is an echo of its source',
  async (by) => {
    const namespace = `after-${by}`;
    const source = await set(namespace, said);
    expect(source.memory.echo_of).toBeNull();
    await post(`/v1/memory/${by}`, { query: 'Which nuts may Clara eat?', namespace });
    const echo = await set(namespace, `Assistant: ${said}`);
    expect(echo).toMatchObject({ status: 'stored', memory: { echo_of: source.id } });
    const found = await search(namespace, 'Assistant: Clara allergic to walnuts and almonds');
    expect(found.results).toHaveLength(1);
    expect(found.results[0]).toMatchObject({ id: source.id, duplicates: [], echoes: [echo.id] });
  },
);

test('an audit calls an echo an echo, and its source no duplicate of it', async () => {
  const namespace = 'audited';
  await set(namespace, said);
  await search(namespace, 'walnuts');
  const { id } = await set(namespace, said);
  const { json } = await send(app, { path: `/v1/namespaces/${namespace}/audit` });
  const { echoes, duplicates } = json().classes;
  expect(echoes).toMatchObject({ count: 1, examples: [{ id }] });
  expect(duplicates.count).toBe(0);
});

test('who says the same twice without a recall between says it twice', async () => {
  const namespace = 'twice';
  await set(namespace, said);
  expect((await set(namespace, said)).memory.echo_of).toBeNull();
  const found = await search(namespace, 'walnuts');
  expect(found.results[0].duplicates).toHaveLength(1);
});

test('who searches with what is stored next does not repeat the answer', async () => {
  const namespace = 'loop';
  await set(namespace, said);
  await search(namespace, said);
  expect((await set(namespace, said)).memory.echo_of).toBeNull();
});

test('an echo never comes before its source, collapsed or not', async () => {
  const namespace = 'order';
  const source = await set(namespace, `${said} She likes cake. Her birthday is in June.`);
  await search(namespace, 'Clara');
  const echo = await set(namespace, said);
  expect(echo.memory.echo_of).toBe(source.id);
  const ids = async (more: object) =>
    (await search(namespace, said, more)).results.map(({ id }: { id: string }) => id);
  expect(await ids({ collapse: false })).toEqual([source.id, echo.id]);
  expect(await ids({})).toEqual([source.id]);
  expect(await ids({ limit: 1, collapse: false })).toEqual([source.id]);
  const { results } = await search(namespace, said, { collapse: false });
  expect(results[0].score).toBeGreaterThanOrEqual(results[1].score);
  const why = await post('/v1/memory/why-not', { query: said, namespace, memory_id: echo.id });
  expect(why.reasons[0]).toMatchObject({ code: 'duplicate' });
});

test('an echo that is corrected is one no more', async () => {
  const namespace = 'corrected';
  await set(namespace, said);
  await search(namespace, 'Clara');
  const { id } = await set(namespace, said);
  const patch = async (body: object) =>
    (await send(app, { path: `/v1/memory/${id}`, method: 'PATCH', body })).json().memory.echo_of;
  expect(await patch({ namespace, tags: ['seen'] })).not.toBeNull();
  expect(await patch({ namespace, value: 'Clara eats walnuts again.' })).toBeNull();
});

test('the mark travels with an export', async () => {
  const namespace = 'travels';
  await set(namespace, said);
  await search(namespace, 'Clara');
  await set(namespace, said);
  const { text } = await send(app, { path: `/v1/namespaces/${namespace}/export` });
  const path = '/v1/namespaces/arrived/import';
  const { text: report } = await send(app, { path, method: 'POST', raw: text });
  expect(report).toContain('"imported":2');
  const { results } = (await send(app, { path: '/v1/memory?namespace=arrived' })).json();
  const marks = results.map((memory: { id: string; echo_of: string }) => memory.echo_of);
  expect(marks).toEqual([results[1].id, null]);
});

test('an echo is found by itself where its source is gone, and by its own filter', async () => {
  const namespace = 'gone';
  const source = await set(namespace, said);
  await search(namespace, 'Clara');
  const echo = await set(namespace, said, { tags: ['model'] });
  expect(echo.memory.echo_of).toBe(source.id);
  const tagged = await search(namespace, 'walnuts', { tags: ['model'] });
  expect(tagged.results[0].id).toBe(echo.id);
  await post('/v1/forget', { memory_id: source.id, namespace });
  expect((await set(namespace, said)).memory.echo_of).toBeNull();
  const ids = (await search(namespace, 'walnuts', { collapse: false })).results;
  expect(ids.map(({ id }: { id: string }) => id)).toContain(echo.id);
});
