/** The filter language over HTTP, and pages of lists that it narrows. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { runScenarios, send } from './scenario.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
  for (const body of people) await send(app, { path: '/v1/memory-set', body });
});
afterAll(() => app.close());

const namespace = 'people';
const people = [
  {
    value: 'Ann likes green tea.',
    tags: ['work'],
    metadata: { plan: 'pro', seats: 5, ids: ['a', 'b'] },
    occurred_at: '2026-05-08',
  },
  { value: 'Bob likes black tea.', tags: ['homework'], metadata: { plan: 'free', seats: 1 } },
  { value: 'Cid likes white tea.', key: 'cid', speaker: 'cid', agent_id: 'a7', pinned: true },
].map((body) => ({ namespace, ...body }));

const firstWord = ({ value }: { value: unknown }) => String(value).split(' ')[0];
const post = async (path: string, body: object) =>
  (await send(app, { path, body: { namespace, query: 'likes tea', ...body } })).json();
const names = async (body: object) =>
  (await post('/v1/memory/search', body)).results.map(firstWord).sort();
const listed = async (filter: object, more = '') => {
  const text = encodeURIComponent(JSON.stringify(filter));
  const path = `/v1/memory?namespace=${namespace}&order=asc&filter=${text}${more}`;
  return (await send(app, { path })).json().results.map(firstWord);
};

test.each([
  [{ 'metadata.plan': 'pro' }, ['Ann']],
  [{ metadata: { seats: { gte: 1, lt: 5 } } }, ['Bob']],
  [{ 'metadata.ids': { contains: 'b' } }, ['Ann']],
  [{ tags: { contains: 'work' } }, ['Ann']],
  [{ NOT: [{ tags: 'work' }] }, ['Bob', 'Cid']],
  [{ OR: [{ key: 'cid' }, { 'metadata.seats': 5 }] }, ['Ann', 'Cid']],
  [{ AND: [{ pinned: true }, { kind: 'fact' }] }, ['Cid']],
  [{ agent_id: 'a7' }, ['Cid']],
  [{ occurred_at: { lt: '2026-05-09' } }, ['Ann']],
  [{ 'metadata.plan': { exists: false } }, ['Cid']],
  [{ archived: true }, []],
  [{}, ['Ann', 'Bob', 'Cid']],
])('search, context and list agree on %j', async (filter, expected) => {
  expect(await names({ filter })).toEqual(expected);
  expect(await names({ filters: filter })).toEqual(expected);
  expect(await names({ filter, query: '' })).toEqual(expected);
  expect(await listed(filter)).toEqual(expected);
  const { context } = await post('/v1/memory/context', { filter, threshold: 0 });
  for (const name of ['Ann', 'Bob', 'Cid']) {
    expect(context.includes(`${name} likes`)).toBe(expected.some((one) => one === name));
  }
});

test('an explanation and why-not name the filter', async () => {
  const filter = { AND: [{ 'metadata.plan': 'pro' }, { occurred_at: { lt: '2026-05-09' } }] };
  const { explanation, results } = await post('/v1/memory/search', { filter, explain: true });
  expect(explanation.filters.filter).toEqual({
    AND: [{ 'metadata.plan': { eq: 'pro' } }, { occurred_at: { lt: '2026-05-09T00:00:00.000Z' } }],
  });
  const answer = await post('/v1/memory/why-not', {
    memory_id: results[0].id,
    filter: { 'metadata.plan': 'free' },
  });
  expect(answer.reasons).toMatchObject([{ code: 'filtered', details: { field: 'filter' } }]);
});

test('names are found in any normal form, and tags whatever spaces are around them', async () => {
  const place = { namespace: 'forms' };
  const names = {
    tags: ['Caf\u00e9'],
    key: 'caf\u00e9',
    speaker: 'Zo\u00eb',
    type: '\u00e9t\u00e9',
  };
  await send(app, { path: '/v1/memory-set', body: { ...place, ...names, value: 'Tea.' } });
  const asked = [
    { tags: ['Cafe\u0301'] },
    { tags: [' Caf\u00e9 '] },
    { tags: { any: ['x', 'Cafe\u0301'] } },
    { key: 'cafe\u0301' },
    { speaker: 'Zoe\u0308' },
    { type: 'e\u0301te\u0301' },
    { filter: { tags: ' Cafe\u0301' } },
    { filter: { speaker: { in: ['Zoe\u0308'] } } },
  ];
  for (const body of asked) {
    for (const query of ['tea', '']) {
      const { count } = await post('/v1/memory/search', { ...place, query, ...body });
      expect(count, JSON.stringify(body)).toBe(1);
    }
  }
  expect(
    (await send(app, { path: '/v1/memory?namespace=forms&tag=%20Cafe%CC%81' })).text,
  ).toContain('Tea.');
});

const search = (filter: unknown) => ({ path: '/v1/memory/search', body: { query: 'x', filter } });
runScenarios(
  () => app,
  [
    {
      name: 'an unknown operator is named, with the nearest one',
      ...search({ AND: [{ 'metadata.plan': { eqs: 'pro' } }] }),
      status: 400,
      code: 'invalid_filter',
      has: ['"path":"/AND/0/metadata.plan/eqs"', '"nearest":"eq"'],
    },
    {
      name: 'an unknown field is named, with the nearest one',
      ...search({ imporance: 1 }),
      status: 400,
      code: 'invalid_filter',
      has: ['"path":"/imporance"', '"nearest":"importance"'],
    },
    {
      name: 'a filter that is null is refused, not left out',
      ...search(null),
      status: 400,
      code: 'invalid_filter',
    },
    {
      name: 'a tag that no memory can have is refused',
      path: '/v1/memory/search',
      body: { query: 'x', tags: ['\u0000'] },
      status: 400,
      code: 'invalid_request',
      has: ['tags'],
    },
    {
      name: 'both names at once are refused',
      path: '/v1/memory/search',
      body: { query: 'x', filter: {}, filters: {} },
      status: 400,
      code: 'invalid_request',
    },
    {
      name: 'a filter in the query string must be JSON',
      path: '/v1/memory?filter={kind',
      status: 400,
      code: 'invalid_filter',
    },
    {
      name: 'search by GET takes it too',
      path: `/v1/memory/search?namespace=${namespace}&query=tea&filter={"key":"cid"}`,
      status: 200,
      has: ['Cid likes'],
      hasNot: ['Ann likes', 'Bob likes'],
    },
  ],
);

async function moment(): Promise<string> {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 3));
  await pause();
  const now = new Date().toISOString();
  await pause();
  return now;
}

test('with as_of the version that is shown is what the filter is asked of', async () => {
  const place = { namespace: 'then', key: 'office' };
  const value = 'The office is in the old mill.';
  await send(app, { path: '/v1/memory-set', body: { ...place, value, metadata: { v: 'one' } } });
  const as_of = await moment();
  await send(app, { path: '/v1/memory-set', body: { ...place, value, metadata: { v: 'two' } } });
  const ask = async (v: string, more: object) => {
    const body = { namespace: 'then', filter: { 'metadata.v': v }, ...more };
    const found = (await post('/v1/memory/search', { query: 'office', ...body })).count;
    const newest = (await post('/v1/memory/search', { query: '', ...body })).count;
    expect(newest).toBe(found);
    return found;
  };
  expect([await ask('one', {}), await ask('two', {})]).toEqual([0, 1]);
  expect([await ask('one', { as_of }), await ask('two', { as_of })]).toEqual([1, 0]);
});

test('with as_of a turn that was patched later is asked what it was', async () => {
  const body = { namespace: 'turn', value: 'The office is in a mill.', tags: ['old'] };
  const { id } = (await send(app, { path: '/v1/memory-set', body })).json();
  const as_of = await moment();
  await send(app, { method: 'PATCH', path: `/v1/memory/${id}`, body: { tags: ['new'] } });
  const count = async (more: object) =>
    (await post('/v1/memory/search', { namespace: 'turn', query: 'office', ...more })).count;
  for (const narrowed of [{ filter: { tags: 'old' } }, { tags: ['old'] }]) {
    expect([await count(narrowed), await count({ ...narrowed, as_of })]).toEqual([0, 1]);
  }
  expect(await count({ filter: { tags: 'new' }, as_of })).toBe(0);
});

test('with as_of a page is filled from however far, and the next goes on behind', async () => {
  const namespace = 'far';
  const items = Array.from({ length: 700 }, (_, i) => ({
    ...{ namespace, key: `k${i}`, value: `Number ${i}.` },
    ...(i % 230 === 5 && { tags: ['rare'] }),
  }));
  await send(app, { path: '/v1/memory/bulk', body: { items } });
  const base = `namespace=far&limit=1&order=asc&tag=rare&as_of=${await moment()}`;
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer = await page(cursor === '' ? base : `${base}&cursor=${cursor}`);
    seen.push(...answer.results.map(({ value }: { value: string }) => value));
    cursor = answer.next_cursor;
  }
  expect(seen).toEqual(['Number 5.', 'Number 235.', 'Number 465.', 'Number 695.']);
});

const page = async (query: string) => (await send(app, { path: `/v1/memory?${query}` })).json();

test('pages of a filtered list neither skip nor repeat while others write and erase', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('write', 'other', 'erase'), { maxLength: 8 }),
      fc.constantFrom('asc', 'desc'),
      fc.integer({ min: 1, max: 3 }),
      async (steps, order, limit) => {
        round += 1;
        const place = `pages-${round}`;
        const write = async (plan: string): Promise<string> => {
          const body = { namespace: place, value: `Said ${plan}.`, metadata: { plan } };
          return (await send(app, { path: '/v1/memory-set', body })).json().id;
        };
        const start: string[] = [];
        for (let i = 0; i < 7; i += 1) {
          const id = await write(i % 3 === 2 ? 'free' : 'pro');
          if (i % 3 !== 2) start.push(id);
        }
        const erased = new Set<string>();
        const filter = encodeURIComponent('{"metadata.plan":"pro"}');
        const base = `namespace=${place}&order=${order}&limit=${limit}&filter=${filter}`;
        const seen: string[] = [];
        let cursor: string | null = '';
        const left = [...steps];
        while (cursor !== null) {
          const answer = await page(cursor === '' ? base : `${base}&cursor=${cursor}`);
          seen.push(...answer.results.map(({ id }: { id: string }) => id));
          cursor = answer.next_cursor;
          const step = left.shift();
          if (step === 'write') await write('pro');
          if (step === 'other') await write('free');
          const victim = start[seen.length];
          if (step === 'erase' && victim !== undefined) {
            await send(app, { method: 'DELETE', path: `/v1/memory/${victim}?namespace=${place}` });
            erased.add(victim);
          }
        }
        expect(new Set(seen).size).toBe(seen.length);
        for (const id of start) if (!erased.has(id)) expect(seen).toContain(id);
      },
    ),
    { numRuns: 25 },
  );
});

test('a cursor is for its own list: filter, order, namespace, and nothing made up', async () => {
  for (const place of ['own', 'foreign']) {
    for (const value of ['One.', 'Two.', 'Three.']) {
      const body = { namespace: place, value, metadata: { plan: 'pro' } };
      await send(app, { path: '/v1/memory-set', body });
    }
  }
  const filter = encodeURIComponent('{"metadata.plan":"pro"}');
  const { next_cursor: cursor } = await page(`namespace=own&limit=1&filter=${filter}`);
  const status = async (query: string) => {
    const { response, text } = await send(app, { path: `/v1/memory?${query}` });
    if (response.status !== 200) expect(text).toContain('invalid_cursor');
    return response.status;
  };
  const asked = `limit=1&cursor=${cursor}`;
  expect(await status(`namespace=own&filter=${filter}&${asked}`)).toBe(200);
  expect(await status(`namespace=own&${asked}`)).toBe(400);
  expect(
    await status(`namespace=own&filter=${encodeURIComponent('{"kind":"fact"}')}&${asked}`),
  ).toBe(400);
  expect(await status(`namespace=own&filter=${filter}&order=asc&${asked}`)).toBe(400);
  expect(await status(`namespace=foreign&filter=${filter}&${asked}`)).toBe(400);
  const bytes = Buffer.from(cursor, 'base64url');
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.base64String(),
        fc
          .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
          .map(([at, flip]) =>
            Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ flip : byte))).toString(
              'base64url',
            ),
          ),
      ),
      async (text) => {
        const query = `namespace=own&limit=1&filter=${filter}&cursor=${encodeURIComponent(text)}`;
        expect(await status(query)).toBe(400);
      },
    ),
    { numRuns: 200 },
  );
});
