/** Both axes of time over HTTP: when it was, what held, and what was known. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import * as ephemeral from '../../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import type { TenantId } from '../../packages/server/src/domain/memory.ts';
import type { TenantRecords } from '../../packages/server/src/ports/records.ts';
import { systemClock } from '../../packages/server/src/util/system-clock.ts';
import { openTestApp } from './open-test-app.ts';
import { runScenarios, send } from './scenario.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

const set = async (body: object) => (await send(app, { path: '/v1/memory-set', body })).json();
const valuesOf = (answer: { results: { value: unknown }[] }) =>
  answer.results.map((result) => result.value);
const search = async (body: object) =>
  valuesOf((await send(app, { path: '/v1/memory/search', body })).json());
const list = async (query: string) =>
  valuesOf((await send(app, { path: `/v1/memory?${query}` })).json());
/** A moment between two writes: created_at has milliseconds. */
async function moment(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 3));
  const now = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 3));
  return now;
}

test('as_of answers with what was known then, replaced facts included', async () => {
  const namespace = 'moves';
  const before = await moment();
  await set({ key: 'city', value: 'Mira lives in the city of Porto.', namespace });
  const porto = await moment();
  await set({ key: 'city', value: 'Mira lives in the city of Ghent.', namespace });
  const ask = (as_of?: string) => search({ query: 'Where does Mira live?', namespace, as_of });
  expect(await ask()).toEqual(['Mira lives in the city of Ghent.']);
  expect(await ask(porto)).toEqual(['Mira lives in the city of Porto.']);
  expect(await ask(before)).toEqual([]);
  expect(await list(`namespace=${namespace}&as_of=${porto}`)).toEqual([
    'Mira lives in the city of Porto.',
  ]);
  expect(await list(`namespace=${namespace}`)).toEqual(['Mira lives in the city of Ghent.']);
});

test('as_of shows a memory with the fields that it had then', async () => {
  const namespace = 'fields';
  const value = 'The office is in the old mill.';
  await set({ key: 'office', value, tags: ['draft'], namespace });
  const draft = await moment();
  expect((await set({ key: 'office', value, tags: ['final'], namespace })).status).toBe('merged');
  const tags = async (as_of?: string) => {
    const body = { query: 'office', namespace, as_of };
    return (await send(app, { path: '/v1/memory/search', body })).json().results[0].tags;
  };
  expect(await tags(draft)).not.toContain('final');
  expect(await tags()).toContain('final');
});

for (const folder of [undefined, 'sqlite']) {
  test(`as_of asks a filter of the version of that time (${folder ?? 'ephemeral'})`, async () => {
    const dir = folder && (await mkdtemp(join(tmpdir(), 'reverie-as-of-')));
    const own = await openTestApp(dir === undefined ? {} : { REVERIE_DATA_DIR: dir });
    try {
      await asOfFilters(own);
    } finally {
      await own.close();
      if (dir !== undefined) await rm(dir, { recursive: true });
    }
  });
}

/** One fact is a draft of 2020 about a user, then of the system, by Bo, and of 2022. */
async function asOfFilters(own: RunningApp): Promise<void> {
  const namespace = 'former';
  const fact = { key: 'office', value: 'The office is in the old mill.', namespace };
  const post = async (path: string, body: object) => (await send(own, { path, body })).json();
  const before = { type: 'note', audience: 'user', occurred_at: '2020-01-01' };
  await post('/v1/memory-set', { ...fact, ...before, tags: ['draft'] });
  const draft = await moment();
  const after = { type: 'rule', audience: 'system', occurred_at: '2022-01-01' };
  const merged = await post('/v1/memory-set', { ...fact, ...after, tags: ['final'] });
  expect(merged.status).toBe('merged');
  const cases: readonly (readonly [then: object, now: object])[] = [
    [{}, { tags: { all: ['final'] } }],
    [{}, { tags: { any: ['final', 'other'] } }],
    [{ type: 'note' }, { type: 'rule' }],
    [{ audience: 'user' }, { audience: 'system' }],
    [{ occurred_before: '2021-01-01' }, { occurred_after: '2021-01-01' }],
    [{ tags: { all: ['draft'] } }, { tags: { all: ['draft', 'final'] } }],
  ];
  for (const query of ['Where is the office?', '']) {
    const count = async (more: object) =>
      (await post('/v1/memory/search', { query, namespace, ...more })).count;
    for (const [then, now] of cases) {
      expect(await count({ ...then, as_of: draft }), JSON.stringify(then)).toBe(1);
      expect(await count({ ...now, as_of: draft }), JSON.stringify(now)).toBe(0);
      expect(await count(now), JSON.stringify(now)).toBe(1);
    }
  }
  const question = 'Where was the office in 2020?';
  const asked = { query: question, namespace, time: 'filter' };
  expect((await post('/v1/memory/search', { ...asked, as_of: draft })).count).toBe(1);
  expect((await post('/v1/memory/search', asked)).count).toBe(0);
  const why = async (tag: string) => {
    const body = { query: 'office', namespace, as_of: draft, tags: { all: [tag] } };
    return (await post('/v1/memory/why-not', { ...body, memory_id: merged.id })).found;
  };
  expect([await why('draft'), await why('final')]).toEqual([true, false]);
  const context = async (as_of?: string) =>
    (await post('/v1/memory/context', { query: 'Where is the office?', namespace, as_of })).context;
  expect(await context(draft)).toContain('old mill');
  expect(await context()).not.toContain('old mill');
  const listed = async (tag: string) =>
    (
      await send(own, { path: `/v1/memory?namespace=${namespace}&as_of=${draft}&tag=${tag}` })
    ).json().results.length;
  expect(await listed('draft')).toBe(1);
  expect(await listed('final')).toBe(0);
}

test('valid_at asks what held; what has no bounds always does', async () => {
  const namespace = 'valid';
  const spans = [
    ['Otto works at the harbour office.', '2020-01-01', '2022-01-01'],
    ['Otto works at the tram depot.', '2022-01-01', undefined],
    ['Otto works hard.', undefined, undefined],
  ];
  for (const [value, valid_from, valid_to] of spans) {
    await set({ value, valid_from, valid_to, namespace });
  }
  const ask = async (valid_at: string) =>
    (await search({ query: 'Where does Otto work?', namespace, valid_at })).sort();
  expect(await ask('2021-06-01')).toEqual([
    'Otto works at the harbour office.',
    'Otto works hard.',
  ]);
  expect(await ask('2022-01-01')).toEqual(['Otto works at the tram depot.', 'Otto works hard.']);
  expect(await ask('2019-12-31')).toEqual(['Otto works hard.']);
});

test('occurred_after and occurred_before bound when it was, for an empty query too', async () => {
  const namespace = 'when';
  for (const day of ['2023-05-07', '2023-05-08', '2023-05-09']) {
    await set({ value: `Swimming on ${day}`, occurred_at: day, namespace });
  }
  const bounds = { occurred_after: '2023-05-08', occurred_before: '2023-05-09T00:00:00Z' };
  expect(await search({ query: 'swimming', namespace, ...bounds })).toEqual([
    'Swimming on 2023-05-08',
  ]);
  expect(await search({ query: '', namespace, occurred_after: '2023-05-08' })).toHaveLength(2);
  expect(await list(`namespace=${namespace}&occurred_before=2023-05-08`)).toEqual([
    'Swimming on 2023-05-07',
  ]);
});

test('a time in the question is preferred, or filters when that is asked for', async () => {
  const namespace = 'asked';
  for (const [value, occurred_at] of [
    ['We painted the fence green.', '2022-05-03'],
    ['We painted the fence green and white.', '2023-05-03'],
  ]) {
    await set({ value, occurred_at, namespace });
  }
  const ask = async (query: string, more: object = {}) =>
    (await send(app, { path: '/v1/memory/search', body: { query, namespace, ...more } })).json();
  const auto = await ask('What did we paint in 2022?');
  expect(auto.time).toEqual({
    from: '2022-01-01T00:00:00.000Z',
    to: '2023-01-01T00:00:00.000Z',
    text: '2022',
    used: 'boost',
  });
  expect(valuesOf(auto)[0]).toBe('We painted the fence green.');
  expect(auto.count).toBe(2);
  const filtered = await ask('What did we paint in 2022?', { time: 'filter' });
  expect(valuesOf(filtered)).toEqual(['We painted the fence green.']);
  const relative = { time: 'filter', reference_time: '2024-02-01' };
  expect(valuesOf(await ask('What did we paint last year?', relative))).toEqual([
    'We painted the fence green and white.',
  ]);
  expect((await ask('What did we paint recently?', relative)).count).toBe(2);
  expect((await ask('What did we paint in 2022?', { time: 'off' })).time).toBeUndefined();
});

test('"last Friday" is found under the date that it was', async () => {
  const namespace = 'meant';
  const said = { key: 'chat', mode: 'append', namespace, speaker: 'Ann' };
  await set({ ...said, value: 'I saw the otters last Friday.', occurred_at: '2023-05-25' });
  await set({ ...said, value: 'I saw the seals last Friday.', occurred_at: '2023-09-14' });
  const first = async (query: string) => (await search({ query, namespace }))[0];
  expect(await first('What did Ann see on 19 May 2023?')).toContain('otters');
  expect(await first('What did Ann see on 8 September 2023?')).toContain('seals');
});

test('recency prefers what is new when it is asked for', async () => {
  const namespace = 'age';
  const bodies = [
    { value: 'The password of the garden gate is heron.', occurred_at: '2020-01-01' },
    { value: 'I heard that the password of the gate was changed.', occurred_at: '2026-01-01' },
  ];
  for (const body of bodies) await set({ ...body, namespace });
  const query = 'password of the garden gate';
  expect((await search({ query, namespace }))[0]).toContain('heron');
  const more = { recency: 1, reference_time: '2026-01-05' };
  expect((await search({ query, namespace, ...more }))[0]).toContain('changed');
});

runScenarios(
  () => app,
  ['as_of', 'valid_at', 'occurred_after', 'occurred_before'].flatMap((field) => [
    {
      name: `${field} must be a time`,
      path: '/v1/memory/search',
      body: { query: 'x', [field]: 'last Tuesday' },
      status: 400,
      code: 'invalid_request',
      has: [field],
    },
    {
      name: `${field} must be a time in a list`,
      path: `/v1/memory?${field}=2023-02-30`,
      status: 400,
      code: 'invalid_request',
      has: [field],
    },
  ]),
);

test('a list of the past reads each memory once', async () => {
  const namespace = 'once';
  const ids: string[] = [];
  for (let i = 0; i < 6; i++) ids.push((await set({ value: `Heron ${i}.`, namespace })).id);
  const then = await moment();
  for (const id of ids.slice(0, 3)) {
    await send(app, { method: 'PATCH', path: `/v1/memory/${id}`, body: { tags: ['later'] } });
  }
  const store = ephemeral.openEphemeralStore({ clock: systemClock });
  const kind: TenantRecords = Object.getPrototypeOf(store.records.open('any' as TenantId));
  const rows = vi.spyOn(kind, 'byOrdinal');
  const former = vi.spyOn(kind, 'versions');
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  expect(await list(`namespace=${namespace}&as_of=${then}`)).toHaveLength(6);
  expect(rows.mock.calls.map(([, ordinals]) => ordinals.length)).toEqual([6]);
  expect(former).toHaveBeenCalledTimes(3);
});
