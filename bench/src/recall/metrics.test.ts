import { expect, test } from 'vitest';
import { average, levelScore, score } from './metrics.ts';

test('recall is the share of the gold, and ndcg discounts by rank', () => {
  const result = score(['x', 'a', 'y', 'z', 'w', 'b'], ['a', 'b', 'c']);
  expect(result.recall1).toBe(0);
  expect(result.recall5).toBeCloseTo(1 / 3);
  expect(result.recall10).toBeCloseTo(2 / 3);
  expect(result.hit10).toBe(1);
  expect(result.mrr).toBe(0.5);
  const ideal = 1 + 1 / Math.log2(3) + 1 / Math.log2(4);
  expect(result.ndcg10).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(7)) / ideal);
});

test('a perfect ranking scores one and an empty one zero', () => {
  expect(score(['a', 'b'], ['b', 'a'])).toMatchObject({ recall10: 1, ndcg10: 1, mrr: 1 });
  expect(score([], ['a'])).toEqual({
    recall1: 0,
    recall5: 0,
    recall10: 0,
    hit10: 0,
    ndcg10: 0,
    mrr: 0,
  });
});

test('a repeated document counts once', () => {
  expect(score(['a', 'a'], ['a', 'b']).recall10).toBe(0.5);
});

test('averages are per query, not per gold', () => {
  const mean = average([score(['a'], ['a']), score(['x'], ['a', 'b'])]);
  expect(mean.recall1).toBe(0.5);
});

test('any and all of the gold are asked for at each depth', () => {
  const ranking = ['a', 'a', 'x', 'y', 'z', 'w', 'b'];
  const result = levelScore(ranking, ['a', 'b']);
  expect(result).toMatchObject({ any1: 1, all1: 0, any5: 1, all5: 0, any10: 1, all10: 1 });
  // Without the repetition b is sixth: (1 + 1 / log2(7)) / (1 + 1 / log2(3)).
  expect(result.ndcg10).toBeCloseTo(0.8315, 3);
  expect(levelScore([], ['a'])).toMatchObject({ any10: 0, all10: 0, ndcg10: 0 });
});
