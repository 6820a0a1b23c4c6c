import { expect, test } from 'vitest';
import { abstentionTables, auc } from './abstention.ts';

test('the area is the share of pairs in order, with ties as halves', () => {
  expect(auc([0.9, 0.8], [0.1, 0.2])).toBe(1);
  expect(auc([0.1], [0.9])).toBe(0);
  expect(auc([0.5, 0.5], [0.5])).toBe(0.5);
  // Pairs: (.3,.2) yes, (.3,.3) half, (.3,.6) no, (.7, all three) yes: 4.5 of 6.
  expect(auc([0.3, 0.7], [0.2, 0.3, 0.6])).toBe(0.75);
});

test('the tables say what a threshold keeps and lets through', () => {
  const own = [
    { topScore: 0.9, goldScore: 0.9 },
    { topScore: 0.6, goldScore: 0.3 },
    { topScore: 0.4, goldScore: undefined },
    { topScore: 0, goldScore: undefined },
  ];
  const [spread, kept] = abstentionTables({
    own,
    foreign: [0.1, 0.45],
    renamed: [],
    unanswerable: [],
  });
  expect(spread?.rows).toEqual([
    ['own', 4, 0, 0.4, 0.9, null],
    ['foreign', 2, 0.1, 0.1, 0.45, 0.625],
  ]);
  expect(kept?.columns).toEqual(['score at least', 'own: gold kept', 'foreign: any']);
  expect(kept?.rows).toEqual([
    [0, 0.5, 1],
    [0.2, 0.5, 0.5],
    [0.3, 0.5, 0.5],
    [0.4, 0.25, 0.5],
    [0.5, 0.25, 0],
  ]);
});

test('without questions that have no answer there is no table', () => {
  const own = [{ topScore: 1, goldScore: 1 }];
  expect(abstentionTables({ own, foreign: [], renamed: [], unanswerable: [] })).toEqual([]);
  expect(
    abstentionTables({ own, foreign: [], renamed: [], unanswerable: [0.2] })[1]?.columns,
  ).toContain('without an answer: any');
});
