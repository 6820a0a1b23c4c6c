/** Reranking as an application sees it: who decides, what the answer tells, what may go wrong. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openInstantModels } from '../../packages/server/src/compose-models.ts';
import type { Reranker } from '../../packages/server/src/ports/reranker.ts';
import { openTestApp } from './open-test-app.ts';
import { runScenarios, send } from './scenario.ts';

/** The memory that the model likes best, whatever is asked. */
let favourite = '';
let mood: 'well' | 'late' | 'broken' = 'well';
const asked: { query: string; passages: readonly string[] }[] = [];
let isClosed = false;
const reranker: Reranker = {
  model: 'test',
  rerank: async (query, passages, { signal } = {}) => {
    asked.push({ query, passages });
    if (mood === 'broken') throw new Error('secret of the model');
    if (mood === 'late') {
      await new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    }
    return passages.map((text) => (text === favourite ? 4.5 : -3));
  },
  close: async () => {
    isClosed = true;
  },
};

const search = '/v1/memory/search';
const texts = [
  'Tea with milk, tea with lemon, tea with honey: Ann drinks tea all day and tea at night.',
  'Tea and honey, says Ann, is a good thing.',
  'Ann likes tea.',
];

async function openFilled(withReranker: boolean): Promise<RunningApp> {
  const models = openInstantModels();
  const reranking = { reranker, budgetMs: 50 };
  const app = await openTestApp({}, { models: withReranker ? { ...models, reranking } : models });
  for (const value of texts) await send(app, { path: '/v1/memory-set', body: { value } });
  return app;
}

describe('a server with a reranker', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await openFilled(true);
  });
  afterAll(async () => {
    await app.close();
    expect(isClosed).toBe(true);
  });
  const ask = async (body: object) => (await send(app, { path: search, body })).json();
  const scoresOf = (answer: { results: { score: number }[] }) =>
    answer.results.map(({ score }) => score);

  test('reranks unless it is told not to', async () => {
    mood = 'well';
    asked.length = 0;
    const plain = await ask({ query: 'tea', rerank: false });
    expect(asked).toEqual([]);
    expect(plain).not.toHaveProperty('rerank_time_ms');
    expect(plain.results[0].signals).not.toHaveProperty('rerank');
    favourite = plain.results[1].value;
    const reranked = await ask({ query: 'tea' });
    expect(asked).toEqual([{ query: 'tea', passages: expect.arrayContaining(texts) }]);
    expect(reranked.results).toHaveLength(3);
    expect(reranked.results[0].value).toBe(favourite);
    expect(scoresOf(reranked)).toEqual(scoresOf(plain));
    expect(reranked.results[0].signals.rerank).toBe(4.5);
    expect(reranked.results[2].signals.rerank).toBe(-3);
    expect(reranked.rerank_time_ms).toBeGreaterThanOrEqual(0);
    expect(reranked.rerank_time_ms).toBeLessThanOrEqual(reranked.query_time_ms);
    expect(reranked).not.toHaveProperty('degraded');
  });

  test('chooses a short answer among all that was found', async () => {
    mood = 'well';
    asked.length = 0;
    const answer = await ask({ query: 'tea', limit: 1 });
    expect(answer.count).toBe(1);
    expect(asked[0]?.passages).toHaveLength(3);
  });

  test('an empty question and an empty namespace ask the model nothing', async () => {
    asked.length = 0;
    await ask({ query: ' ' });
    await ask({ query: 'tea', namespace: 'nobody' });
    expect(asked).toEqual([]);
  });

  test('why-not tells the place that the search gives', async () => {
    mood = 'well';
    const plain = await ask({ query: 'tea', rerank: false });
    favourite = plain.results[1].value;
    const { id } = plain.results[1];
    const whyNot = async (body: object) =>
      (await send(app, { path: '/v1/memory/why-not', body: { query: 'tea', ...body } })).json();
    expect(await whyNot({ memory_id: id, limit: 1 })).toMatchObject({ found: true, rank: 1 });
    const pushed = await whyNot({ memory_id: plain.results[0].id, limit: 1 });
    expect(pushed).toMatchObject({ found: false, rank: 2 });
    expect(pushed.reasons[0].message).toContain('place 2, after the 1');
    const asFound = await whyNot({ memory_id: id, limit: 1, rerank: false });
    expect(asFound).toMatchObject({ found: false, rank: 2 });
    mood = 'broken';
    const { degraded } = await whyNot({ memory_id: id });
    expect(degraded).toEqual(['rerank: the model gave no answer']);
  });

  test('a model that is late or broken costs the order, never the answer', async () => {
    const plain = await ask({ query: 'tea', rerank: false });
    mood = 'late';
    const late = await ask({ query: 'tea' });
    mood = 'broken';
    const broken = await ask({ query: 'tea' });
    expect(late.degraded).toEqual(['rerank: no answer within 50 ms']);
    expect(broken.degraded).toEqual(['rerank: the model gave no answer']);
    for (const answer of [late, broken]) {
      expect(answer.results).toEqual(plain.results);
      expect(answer).not.toHaveProperty('rerank_time_ms');
      expect(JSON.stringify(answer)).not.toContain('secret');
    }
  });

  runScenarios(
    () => app,
    [
      {
        name: 'rerank is a boolean',
        path: search,
        body: { query: 'tea', rerank: 'yes' },
        status: 400,
        code: 'invalid_request',
        has: ['rerank'],
      },
      {
        name: 'rerank in the query string',
        path: `${search}?query=tea&rerank=false`,
        status: 200,
        hasNot: ['rerank_time_ms', 'degraded'],
      },
      {
        name: 'rerank in the query string is a boolean too',
        path: `${search}?query=tea&rerank=perhaps`,
        status: 400,
        code: 'invalid_request',
      },
    ],
  );
});

describe('a server without a reranker', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await openFilled(false);
  });
  afterAll(() => app.close());

  runScenarios(
    () => app,
    [
      {
        name: 'answers as ever',
        path: search,
        body: { query: 'tea' },
        status: 200,
        hasNot: ['rerank', 'degraded'],
      },
      {
        name: 'says so to who asks for one',
        path: search,
        body: { query: 'tea', rerank: true },
        status: 200,
        has: ['"degraded":["rerank: the server has no reranker (REVERIE_RERANKER)"]'],
      },
    ],
  );
});
