/** POST /v1/memory/context and /v1/memory/why-not, and `explain`, over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { runScenarios, send } from './scenario.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
  const set = (body: object) => send(app, { path: '/v1/memory-set', body });
  const old = { namespace: 'ann', key: 'chat', mode: 'append', occurred_at: '2026-03-01' };
  await set({ ...old, speaker: 'Ann', value: 'Clara wants a chocolate cake for her birthday.' });
  await set({ ...old, speaker: 'Bob', value: 'Then I will order one at the bakery.' });
  await set({ namespace: 'ann', key: 'home', value: 'Lives in Lisbon.', pinned: true });
  await set({ namespace: 'bob', value: 'The secret of Bob is a hidden cake for Clara.' });
});
afterAll(() => app.close());

const path = '/v1/memory/context';
const query = 'Which cake does Clara want?';

runScenarios(
  () => app,
  [
    { name: 'no key', key: null, path, body: { query }, status: 401, code: 'auth_required' },
    {
      name: 'text is the default',
      path,
      body: { query, namespace: 'ann' },
      status: 200,
      has: ['"tokenizer":"o200k_base"', '"max_tokens":1000', '[1] home: Lives in Lisbon.', '[2] '],
      hasNot: ['secret of Bob', '"degraded"'],
    },
    {
      name: 'messages are one message to put before the others',
      path,
      body: { query, user_id: 'ann', format: 'messages' },
      status: 200,
      has: ['"context":[{"role":"system","content":"Notes from memory'],
    },
    {
      name: 'xml',
      path,
      body: { query, namespace: 'ann', format: 'xml' },
      status: 200,
      has: ['<item n=\\"1\\" key=\\"home\\">Lives in Lisbon.</item>', '</memory>'],
    },
    {
      name: 'an unknown namespace is empty',
      path,
      body: { query, namespace: 'nobody', system_namespace: 'nothing' },
      status: 200,
      has: ['"context":""', '"tokens":0', '"sections":[]', '"citations":[]'],
    },
    {
      name: 'no message where there is nothing to say',
      path,
      body: { query, namespace: 'nobody', format: 'messages' },
      status: 200,
      has: ['"context":[]', '"tokens":0'],
    },
    {
      name: 'only the named sections',
      path,
      body: { query, namespace: 'ann', sections: ['user'] },
      status: 200,
      has: ['Lisbon'],
      hasNot: ['chocolate'],
    },
    {
      name: 'filters of a search',
      path,
      body: { query, namespace: 'ann', speaker: 'Bob', threshold: 0 },
      status: 200,
      has: ['bakery'],
      hasNot: ['chocolate', 'Lisbon'],
    },
    {
      name: 'the times of a search',
      path,
      body: {
        ...{ query: 'What did Bob say last week about the bakery?', namespace: 'ann' },
        ...{ time: 'filter', reference_time: '2026-03-08', recency: 0.5, threshold: 0 },
      },
      status: 200,
      has: ['"text":"last week","used":"filter"', 'bakery'],
    },
    {
      name: 'a time that is none',
      path,
      body: { query, reference_time: 'tomorrow' },
      status: 400,
      code: 'invalid_request',
      has: ['reference_time'],
    },
    {
      name: 'a budget that is too small',
      path,
      body: { query, max_tokens: 63 },
      status: 400,
      code: 'invalid_request',
      has: ['max_tokens'],
    },
    {
      name: 'a budget that is too large',
      path,
      body: { query, max_tokens: 100_001 },
      status: 400,
      code: 'invalid_request',
    },
    {
      name: 'an unknown format',
      path,
      body: { query, format: 'markdown' },
      status: 400,
      code: 'invalid_request',
    },
    {
      name: 'an unknown field',
      path,
      body: { query, max_token: 100 },
      status: 400,
      code: 'unknown_field',
      has: ['max_tokens'],
    },
    {
      name: 'a namespace of control characters',
      path,
      body: { query, system_namespace: 'a\u0000b' },
      status: 400,
      code: 'invalid_namespace',
    },
    {
      name: 'a long query',
      path,
      body: { query: 'x'.repeat(10_001), namespace: 'ann' },
      status: 400,
      code: 'invalid_request',
    },
    {
      name: 'why-not without an id',
      path: '/v1/memory/why-not',
      body: { query },
      status: 400,
      code: 'invalid_request',
      has: ['memory_id'],
    },
    {
      name: 'why-not with no id at all',
      path: '/v1/memory/why-not',
      body: { query, memory_id: 'x' },
      status: 400,
      code: 'invalid_id',
    },
  ],
);

const search = async (body: object) =>
  (await send(app, { path: '/v1/memory/search', body: { query, ...body } })).json();

test('why-not says what a search would do', async () => {
  const { results } = await search({ namespace: 'ann' });
  const last = results.at(-1);
  const ask = { query, namespace: 'ann', memory_id: last.id, limit: 1 };
  const answer = (await send(app, { path: '/v1/memory/why-not', body: ask })).json();
  expect(answer).toMatchObject({
    ok: true,
    found: false,
    memory_id: last.id,
    rank: results.length,
  });
  expect(answer.reasons[0]).toMatchObject({ code: 'below_limit', details: { limit: 1 } });
  expect(answer.explanation.parts.length).toBeGreaterThan(3);
  const found = { ...ask, memory_id: results[0].id };
  expect((await send(app, { path: '/v1/memory/why-not', body: found })).json()).toMatchObject({
    found: true,
    rank: 1,
    score: results[0].score,
  });
});

test('a missing memory and a foreign one get the same answer, byte for byte', async () => {
  const foreign = (await search({ namespace: 'bob' })).results[0].id;
  const missing = 'mem_01a1fcff-bf96-727c-92f1-e1991923a52a';
  const ask = async (memory_id: string, namespace: string) => {
    const body = { query, namespace, memory_id };
    const { response, text } = await send(app, { path: '/v1/memory/why-not', body });
    return { status: response.status, text };
  };
  const expected = await ask(missing, 'ann');
  expect(expected.status).toBe(404);
  expect(await ask(foreign, 'ann')).toEqual(expected);
  expect(await ask(foreign, 'nobody')).toEqual(expected);
});

test('an explanation recomputes score and order', async () => {
  for (let i = 0; i < 30; i++) {
    const value = `Turn ${i}: Clara and Bob spoke of cake, tea number ${i % 7} and the garden.`;
    const key = `thread-${i % 4}`;
    await send(app, {
      path: '/v1/memory-set',
      body: { namespace: 'many', value, key, mode: 'append' },
    });
  }
  for (const signals of [{}, { vector: false }, { thread: false, entity: false }]) {
    const body = { namespace: 'many', limit: 20, explain: true, signals };
    const { results, explanation } = await search(body);
    expect(results.length).toBeGreaterThan(10);
    expect(explanation).toMatchObject({ limit: 20, threshold: 0, signals, filters: {} });
    for (const [i, { score, explanation: own }] of results.entries()) {
      expect(own.rank).toBe(i + 1);
      let sum = 0;
      for (const part of own.parts) {
        expect(part.contribution).toBeCloseTo(part.normalised * part.weight, 12);
        sum += part.contribution;
      }
      for (const { value } of own.factors) sum *= value;
      expect(sum).toBeCloseTo(own.fused, 12);
      expect(score).toBeCloseTo(own.calibration.evidence * own.calibration.share, 4);
    }
    const byFused = [...results].sort(
      (a, b) => b.explanation.fused - a.explanation.fused || (a.created_at < b.created_at ? 1 : -1),
    );
    const fused = (list: typeof results) =>
      list.map((result: (typeof results)[number]) => result.explanation.fused);
    expect(fused(byFused)).toEqual(fused(results));
  }
});

test('nothing is explained that was not asked for', async () => {
  const answer = await search({ namespace: 'ann' });
  expect(answer.explanation).toBeUndefined();
  expect(answer.results[0].explanation).toBeUndefined();
});
