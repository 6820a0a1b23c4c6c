/** Reading one memory, a key and the archived ones, now and at other times, over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { runScenarios, send } from './scenario.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

const ok = async (method: string, path: string, body?: object) => {
  const { response, text, json } = await send(app, { method, path, ...(body && { body }) });
  expect(response.status, text).toBe(200);
  return json();
};
const set = (body: object) => ok('POST', '/v1/memory-set', body);
/** A moment between two writes: created_at has milliseconds. */
async function moment(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 3));
  const now = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 3));
  return now;
}

test('a key is read as of a time, and by what held then', async () => {
  const namespace = 'key';
  const fact = { key: 'office', namespace };
  const turn = { key: 'office', mode: 'append', namespace };
  const before = await moment();
  await set({ ...turn, value: 'User: where is the office?' });
  await set({ ...fact, value: 'In the mill.', valid_from: '2020-01-01', valid_to: '2024-01-01' });
  const mill = await moment();
  await set({ ...turn, value: 'User: is it still there?' });
  await set({ ...fact, value: 'In the tower.', valid_from: '2024-01-01' });
  const ask = async (times: object) => {
    const { found, value, turns } = await ok('POST', '/v1/memory-get', { ...fact, ...times });
    return [found, value, turns];
  };
  expect(await ask({})).toEqual([true, 'In the tower.', 2]);
  expect(await ask({ as_of: before })).toEqual([false, null, 0]);
  expect(await ask({ as_of: mill })).toEqual([true, 'In the mill.', 1]);
  expect(await ask({ as_of: mill, valid_at: '2025-01-01' })).toEqual([
    ...[true, 'User: where is the office?', 1],
  ]);
  expect(await ask({ valid_at: '2025-01-01' })).toEqual([true, 'In the tower.', 2]);
  const last = 'User: is it still there?';
  expect(await ask({ valid_at: '2022-01-01' })).toEqual([true, last, 2]);
});

test('a memory is read by its id as of a time, and by what held then', async () => {
  const namespace = 'id';
  const { id } = await set({ value: 'Open on Sundays.', valid_to: '2024-01-01', namespace });
  const then = await moment();
  await ok('PATCH', `/v1/memory/${id}`, { valid_to: '2026-01-01' });
  const read = async (query: string) => {
    const { response, json } = await send(app, { path: `/v1/memory/${id}?${query}` });
    return response.status === 200 ? json().memory.valid_to.slice(0, 4) : json().error.code;
  };
  expect(await read('valid_at=2025-01-01')).toBe('2026');
  expect(await read('valid_at=2026-01-01')).toBe('memory_not_found');
  expect(await read(`valid_at=2025-01-01&as_of=${then}`)).toBe('memory_not_found');
  expect(await read(`valid_at=2023-01-01&as_of=${then}`)).toBe('2024');
});

test('archived memories are listed when asked for, as of a time as they were', async () => {
  const namespace = 'archived';
  const kept = await set({ value: 'Kept.', namespace, tags: ['a'] });
  const aside = await set({ value: 'Put aside.', namespace, tags: ['a'] });
  const before = await moment();
  await ok('POST', `/v1/memory/${aside.id}/archive`);
  const after = await moment();
  const list = async (query: string) =>
    (await ok('GET', `/v1/memory?namespace=${namespace}&order=asc&${query}`)).results.map(
      (memory: { id: string; archived: boolean }) => [memory.id, memory.archived],
    );
  const both = [
    [kept.id, false],
    [aside.id, true],
  ];
  expect(await list('')).toEqual([[kept.id, false]]);
  expect(await list('archived=false')).toEqual([[kept.id, false]]);
  expect(await list('archived=true')).toEqual(both);
  expect(await list('archived=only')).toEqual([[aside.id, true]]);
  expect(await list('archived=only&tag=a')).toEqual([[aside.id, true]]);
  expect(await list('archived=only&tag=b')).toEqual([]);
  expect(await list(`as_of=${before}`)).toEqual([
    [kept.id, false],
    [aside.id, false],
  ]);
  expect(await list(`as_of=${before}&archived=only`)).toEqual([]);
  expect(await list(`as_of=${after}`)).toEqual([[kept.id, false]]);
  expect(await list(`as_of=${after}&archived=only`)).toEqual([[aside.id, true]]);
  await ok('POST', `/v1/memory/${aside.id}/restore`);
  expect(await list('archived=only')).toEqual([]);
  expect(await list(`as_of=${after}`)).toEqual([[kept.id, false]]);
});

runScenarios(
  () => app,
  [
    { path: '/v1/memory?archived=yes', has: ['archived'] },
    { path: '/v1/memory-get', body: { key: 'k', as_of: 'then' }, has: ['as_of'] },
    { path: '/v1/memory-get', body: { key: 'k', valid_at: '2023-02-30' }, has: ['valid_at'] },
    { path: '/v1/memory/mem_0197a000-0000-7000-8000-000000000001?valid_at=x', has: ['valid_at'] },
  ].map((scenario) => ({
    name: `${scenario.path} ${JSON.stringify(scenario.body ?? '')} is refused`,
    status: 400,
    code: 'invalid_request',
    ...scenario,
  })),
);
