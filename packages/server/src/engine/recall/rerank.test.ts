import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reranker } from '../../ports/reranker.ts';
import type { RecallAnswer } from './recall.ts';
import { findAndRerank, rerankedMax } from './rerank.ts';

type Result = RecallAnswer['results'][number];

/** Only what reranking looks at. */
function resultOf(text: string, score: number, speaker?: string): Result {
  const body = { value: text, attachments: [], ...(speaker !== undefined && { speaker }) };
  const passage = { start: 0, end: text.length };
  return { memory: { body }, score, passage } as unknown as Result;
}

const textOf = (result: Result) => result.memory.body.value;

function rerankerOf(rerank: Reranker['rerank']): Reranker {
  return { model: 'test', rerank };
}

/** Scores by a word count, so that the order is known. */
const byWord = (word: string) =>
  rerankerOf(async (_, passages) => passages.map((text) => text.split(word).length - 1));

const request = { query: 'tea', limit: 10 };
const three = [resultOf('one', 0.9), resultOf('two tea', 0.8), resultOf('three tea tea', 0.1)];

test('both opinions count, and the scores stay with the places', async () => {
  const reranking = { reranker: byWord('tea'), budgetMs: 1_000 };
  const answer = await findAndRerank(reranking, request, async () => three);
  // 0.5 + 0.875 for the second; one opinion each for the others, of which the first came first.
  expect(answer.results.map(textOf)).toEqual(['two tea', 'one', 'three tea tea']);
  expect(answer.results.map(({ score }) => score)).toEqual([0.9, 0.8, 0.1]);
  expect(answer.results.map(({ rerankScore }) => rerankScore)).toEqual([1, 0, 2]);
  expect(answer.degraded).toEqual([]);
  expect(answer.rerankTimeMs).toBeGreaterThanOrEqual(0);
});

test('scores never increase, and nothing is lost or made up', async () => {
  const number = fc.double({ min: -20, max: 20, noNaN: true });
  const found = fc.array(fc.record({ fused: fc.nat(100), model: number }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(found, fc.integer({ min: 1, max: 50 }), async (items, limit) => {
      const scores = items.map(({ fused }) => fused / 100).sort((a, b) => b - a);
      const results = scores.map((score, i) => resultOf(String(i), score));
      const reranker = rerankerOf(async (_, passages) =>
        passages.map((text) => items[Number(text)]?.model ?? 0),
      );
      const find = async (most: number) => results.slice(0, most);
      const answer = await findAndRerank(
        { reranker, budgetMs: 1_000 },
        { query: 'x', limit },
        find,
      );
      expect(answer.results).toHaveLength(Math.min(limit, results.length));
      expect(new Set(answer.results.map(textOf)).size).toBe(answer.results.length);
      answer.results.forEach(({ score }, i) => {
        expect(score).toBeLessThanOrEqual(answer.results[i - 1]?.score ?? 1);
      });
      answer.results.slice(rerankedMax).forEach((result, i) => {
        expect(textOf(result)).toBe(String(rerankedMax + i));
      });
    }),
  );
});

test('a short answer is chosen among the first thirty; later ones keep their places', async () => {
  const many = Array.from({ length: 60 }, (_, i) =>
    resultOf(i === 29 || i === 40 ? `tea ${i}` : `${i}`, 1 - i / 100),
  );
  const asked: number[] = [];
  const find = async (limit: number) => {
    asked.push(limit);
    return many.slice(0, limit);
  };
  const reranking = { reranker: byWord('tea'), budgetMs: 1_000 };
  const short = await findAndRerank(reranking, { query: 'tea', limit: 2 }, find);
  expect(short.results.map(textOf)).toEqual(['0', 'tea 29']);
  const long = await findAndRerank(reranking, { query: 'tea', limit: 50 }, find);
  expect(long.results.map(textOf).indexOf('tea 40')).toBe(40);
  expect(asked).toEqual([30, 50]);
});

test('a late model is not waited for, told to stop, and the answer says so', async () => {
  let reason: unknown;
  const reranker = rerankerOf(
    (_query, _passages, { signal } = {}) =>
      new Promise(() => {
        signal?.addEventListener('abort', () => {
          reason = signal.reason;
        });
      }),
  );
  const startedAt = performance.now();
  const answer = await findAndRerank({ reranker, budgetMs: 20 }, request, async () => three);
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(answer).toEqual({ results: three, degraded: ['rerank: no answer within 20 ms'] });
  expect(reason).toBeDefined();
});

test('a model that fails leaves the order as it was found', async () => {
  for (const reranker of [
    rerankerOf(() => Promise.reject(new Error('secret details'))),
    rerankerOf(() => {
      throw new Error('at once');
    }),
    rerankerOf(async () => [1]),
    rerankerOf(async () => [1, Number.NaN, 2]),
  ]) {
    const answer = await findAndRerank({ reranker, budgetMs: 500 }, request, async () => three);
    const degraded = ['rerank: the model gave no answer'];
    expect(answer).toEqual({ results: three, degraded });
  }
});

test('a request may do without, and one that asks for what is not there is told', async () => {
  const never = rerankerOf(() => Promise.reject(new Error('it was asked')));
  const find = async (limit: number) => three.slice(0, limit);
  const without = await findAndRerank(
    { reranker: never, budgetMs: 500 },
    { ...request, rerank: false, limit: 1 },
    find,
  );
  expect(without).toEqual({ results: three.slice(0, 1), degraded: [] });
  expect(await findAndRerank(undefined, request, find)).toEqual({ results: three, degraded: [] });
  const { degraded } = await findAndRerank(undefined, { ...request, rerank: true }, find);
  expect(degraded).toEqual(['rerank: the server has no reranker (REVERIE_RERANKER)']);
});

test('nothing found asks the model nothing', async () => {
  const never = rerankerOf(() => Promise.reject(new Error('it was asked')));
  const answer = await findAndRerank({ reranker: never, budgetMs: 500 }, request, async () => []);
  expect(answer).toEqual({ results: [], degraded: [] });
});

test('the model reads the passage that was found, with its speaker', async () => {
  const read: string[] = [];
  const reranker = rerankerOf(async (_, passages) => {
    read.push(...passages);
    return passages.map(() => 0);
  });
  const long = {
    ...resultOf('Tea is hot. Ice is cold.', 0.5, 'Ann'),
    passage: { start: 12, end: 24 },
  };
  const find = async () => [long, resultOf('Nothing.', 0.4)];
  const answer = await findAndRerank({ reranker, budgetMs: 500 }, request, find);
  expect(read).toEqual(['Ann: Ice is cold.', 'Nothing.']);
  expect(answer.results.map(textOf)).toEqual(['Tea is hot. Ice is cold.', 'Nothing.']);
});
