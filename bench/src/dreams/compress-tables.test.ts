import { expect, test } from 'vitest';
import { compressTables } from './compress-tables.ts';
import type { CompressGroup, Hit } from './measure-compress.ts';

const turn = (doc: string): Hit => ({ tokens: 50, docs: [doc], told: [doc] });
const summary: Hit = { tokens: 390, docs: ['a', 'b', 'c'], told: ['a'] };

const group: CompressGroup = {
  ...{ name: 'one', memories: 10, archived: 3, summaries: 1, planMs: 20 },
  ...{ sourceTokens: 150, summaryTokens: 390, tokensBefore: 1000, tokensAfter: 400 },
  scores: [
    {
      ...{ category: '1', gold: ['a', 'b'], memories: 10 },
      ...{ before: [turn('a'), turn('x')], after: [turn('x'), summary] },
    },
  ],
};

test('a summary counts for its sources, and the strict rows count less', () => {
  const [main, honest, categories] = compressTables([group]);
  expect(main?.rows).toEqual([
    ['searchable tokens', 1000, 400, '-60.0 %'],
    ['recall@10 through the sources', 0.5, 1, '+0.500'],
  ]);
  expect(honest?.rows.map((row) => row.slice(1, 3))).toEqual([
    [100, 440],
    [2, 4],
    [0.2, 0.4],
    [0.5, 0.5],
    // The summary does not fit behind the turn.
    [0.5, 0],
    [5, 2.273],
    [0.5, 0],
  ]);
  expect(categories?.rows).toEqual([['1', 1, 0.5, 1, 0.5]]);
});
