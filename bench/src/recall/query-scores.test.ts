import { expect, test } from 'vitest';
import type { Result } from '../lib/results.ts';
import type { Scored } from './measure.ts';
import { score } from './metrics.ts';
import { compareResults, toQueryScores } from './query-scores.ts';

function scored(id: string, category: string, ranking: string[]): Scored {
  const own = score(ranking, ['a', 'b', 'c']);
  return { ...own, id, group: 'g', category, floor: own, serverMs: 1, httpMs: 2 };
}

function result(runs: Scored[] | undefined): Result {
  return {
    kind: 'recall',
    name: 'tiny',
    date: '2026-02-03T04:05:06.000Z',
    command: 'npm run bench:recall',
    settings: {},
    environment: { node: 'v20', system: 'linux', cpu: 'any', cores: 2, memoryGb: 8 },
    tables: [],
    ...(runs === undefined ? {} : { queries: toQueryScores(runs) }),
  };
}

test('scores are kept with three digits, in order, with their category', () => {
  const kept = toQueryScores([scored('1', 'y', ['a']), scored('2', 'x', ['a', 'b', 'c'])]);
  expect(kept).toMatchObject({ categories: ['x', 'y'], category: [1, 0], recall10: [0.333, 1] });
  // The one gold document at rank 1 of an ideal 1 + 1 / log2(3) + 1 / 2.
  expect(kept.ndcg10).toEqual([0.469, 1]);
});

test('two runs are compared per category and over all', () => {
  const before = [scored('1', 'x', []), scored('2', 'y', ['a', 'b', 'c'])];
  const after = [scored('1', 'x', ['a', 'b', 'c']), scored('2', 'y', ['a', 'b', 'c'])];
  const table = compareResults(result(before), result(after));
  expect(table.rows.filter((row) => row[2] === 'recall@10')).toEqual([
    ['x', 1, 'recall@10', 0, 1, '+1.000 [1.000, 1.000]', 'above'],
    ['y', 1, 'recall@10', 1, 1, '+0.000 [0.000, 0.000]', 'within chance'],
    ['all', 2, 'recall@10', 0.5, 1, '+0.500 [0.000, 1.000]', 'within chance'],
  ]);
});

test('runs over other queries, or without scores, cannot be compared', () => {
  const one = result([scored('1', 'x', [])]);
  expect(() => compareResults(one, result([scored('2', 'x', [])]))).toThrow('same queries');
  expect(() => compareResults(one, result(undefined))).toThrow('no scores per query');
});
