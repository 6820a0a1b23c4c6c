/** GET /v1/memory/search: the options of the POST in a query string. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { runScenarios, send } from './scenario.ts';

const path = '/v1/memory/search';
const query = 'What tea did we drink last week?';
const memories = [
  { value: 'We drank green tea.', occurred_at: '2026-05-06', tags: ['tea', 'green'] },
  { value: 'We drank black tea with milk.', occurred_at: '2026-03-02', tags: ['tea'] },
  { value: 'Tea is grown in Assam.', key: 'tea', kind: 'fact', occurred_at: '2020-01-01' },
  { value: 'We drank mint tea, said Bo.', speaker: 'Bo', type: 'quote', occurred_at: '2025-01-01' },
];

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
  for (const memory of memories) await send(app, { path: '/v1/memory-set', body: memory });
});
afterAll(() => app.close());

describe('an option means in the query string what it means in a body', () => {
  test.each<[string, object]>([
    ['limit=2&threshold=0.1', { limit: 2, threshold: 0.1 }],
    ['tags=tea,green', { tags: ['tea', 'green'] }],
    ['tags=tea&tags=green', { tags: ['tea', 'green'] }],
    ['key=tea', { key: 'tea' }],
    ['kind=fact&audience=user', { kind: 'fact', audience: 'user' }],
    ['speaker=Bo&type=quote', { speaker: 'Bo', type: 'quote' }],
    ['occurred_after=2026-01-01', { occurred_after: '2026-01-01' }],
    ['occurred_before=1767225600', { occurred_before: 1_767_225_600 }],
    ['valid_at=2026-05-01&as_of=2000-01-01', { valid_at: '2026-05-01', as_of: '2000-01-01' }],
    ['time=filter&reference_time=2026-05-12', { time: 'filter', reference_time: '2026-05-12' }],
    ['time=off', { time: 'off' }],
    ['query_timestamp=2026-05-12', { query_timestamp: '2026-05-12' }],
    ['recency=1&reference_time=2026-05-12', { recency: 1, reference_time: '2026-05-12' }],
    ['collapse=false&explain=true&rerank=false', { collapse: false, explain: true, rerank: false }],
  ])('%s', async (options, body) => {
    const got = await send(app, { path: `${path}?query=${encodeURIComponent(query)}&${options}` });
    const posted = await send(app, { path, body: { query, ...body } });
    expect(got.response.status, got.text).toBe(200);
    const { query_time_ms: _, ...answer } = got.json();
    const { query_time_ms: __, ...expected } = posted.json();
    expect(answer).toEqual(expected);
  });

  test('and the options above do change the answer', async () => {
    const ask = async (options: string) =>
      (await send(app, { path: `${path}?query=${encodeURIComponent(query)}&${options}` })).json();
    const reference = 'reference_time=2026-05-12';
    expect((await ask(reference)).time).toMatchObject({ text: 'last week', used: 'boost' });
    expect(await ask(`${reference}&time=filter`)).toMatchObject({ count: 1 });
    expect(await ask('time=off')).not.toHaveProperty('time');
    expect((await ask('explain=1')).explanation).toBeDefined();
    const { results } = await ask(`${reference}&recency=1&explain=1`);
    const ages = results.flatMap(
      (result: { explanation: { factors: object[] } }) => result.explanation.factors,
    );
    expect(ages).toContainEqual({ name: 'recency', value: expect.closeTo(0.87, 2) });
  });
});

describe('what a query string cannot say', () => {
  runScenarios(
    () => app,
    [
      {
        name: 'an unknown option is named with the nearest one',
        path: `${path}?query=tea&recencey=1`,
        status: 400,
        code: 'unknown_field',
        has: ['Did you mean \\"recency\\"?'],
      },
      {
        name: 'an option that is given twice is refused',
        path: `${path}?query=tea&limit=1&limit=2`,
        status: 400,
        code: 'invalid_request',
        has: ['limit'],
      },
      {
        name: 'signals are for a body',
        path: `${path}?query=tea&signals=vector`,
        status: 400,
        code: 'unknown_field',
      },
      {
        name: 'a year alone is no time',
        path: `${path}?query=tea&occurred_after=2026`,
        status: 400,
        code: 'invalid_request',
        has: ['must be an ISO 8601 time or a Unix time'],
      },
      {
        name: 'recency is a number from 0 to 1',
        path: `${path}?query=tea&recency=2`,
        status: 400,
        code: 'invalid_request',
        has: ['recency'],
      },
      {
        name: 'a list takes Unix times in its query string too',
        path: '/v1/memory?occurred_before=1600000000',
        status: 200,
        has: ['Tea is grown in Assam.'],
        hasNot: ['green tea'],
      },
    ],
  );
});
