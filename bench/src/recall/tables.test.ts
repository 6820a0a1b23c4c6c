import { expect, test } from 'vitest';
import type { Scored } from './measure.ts';
import { levelScore, score } from './metrics.ts';
import {
  ablationTables,
  ablationVariants,
  categoryTable,
  floorTable,
  languageTables,
  levelTables,
} from './tables.ts';

function scored(category: string, found: boolean, floorFound = found): Scored {
  return {
    ...score(found ? ['a'] : ['x'], ['a']),
    id: 'q',
    group: category,
    category,
    floor: score(floorFound ? ['a'] : ['x'], ['a']),
    serverMs: 1,
    httpMs: 2,
  };
}

test('the LoCoMo row leaves the adversarial category out, the last row does not', () => {
  const all = [scored('1', true), scored('4', true), scored('5', false)];
  expect(categoryTable('locomo-t', all).rows.map((row) => row.slice(0, 3))).toEqual([
    ['1', 1, 1],
    ['4', 1, 1],
    ['5', 1, 0],
    ['categories 1-4', 2, 1],
    ['all', 3, 0.667],
  ]);
  expect(categoryTable('t', all).rows).toHaveLength(4);
});

test('a set below its floor is marked', () => {
  const below = Array.from({ length: 20 }, () => scored('x', false, true));
  expect(floorTable('t', below).rows[0]).toEqual([
    ...['t', 20, 1, 0, '-1.000 [-1.000, -1.000]', 'BELOW'],
    ...[1, 0, '-1.000 [-1.000, -1.000]', 'BELOW'],
  ]);
  const table = floorTable('locomo-t', [scored('1', true, false), scored('5', false, true)]);
  expect(table.rows[0]?.slice(0, 4)).toEqual(['locomo-t, categories 1-4', 1, 0, 1]);
});

test('languages get a table where most groups have one of their own', () => {
  const all = [scored('de', true, false), scored('en', false, true)];
  const [table] = languageTables(
    all,
    new Map([
      ['de', 'de'],
      ['en', 'en'],
    ]),
  );
  expect(table?.rows.map((row) => row.slice(0, 7))).toEqual([
    ['de', 'de', 1, 0, 1, '+1.000 [1.000, 1.000]', 'above'],
    ['en', 'en', 1, 1, 0, '-1.000 [-1.000, -1.000]', 'BELOW'],
  ]);
  const same = new Map(['a', 'b', 'c', 'd'].map((name) => [name, name === 'a' ? '-' : 'en']));
  expect(languageTables(all, same)).toEqual([]);
});

test('levels are shown beside the floor, and not at all without sessions', () => {
  const leveled = {
    level: 'session' as const,
    own: levelScore(['s'], ['s']),
    floor: levelScore(['x', 's'], ['s']),
  };
  expect(levelTables([leveled])[0]?.rows.slice(2)).toEqual([
    ['session', 'reverie', 1, 1, 1, 1, 1, 1, 1, 1],
    ['session', 'floor', 1, 0, 0, 1, 1, 1, 1, 0.631],
  ]);
  expect(levelTables([])).toEqual([]);
});

test('each variant is compared with the first', () => {
  const variants = new Map([
    ['all signals', [scored('x', true), scored('x', true)]],
    ['without text', [scored('x', false), scored('x', false)]],
  ]);
  const [table] = ablationTables('t', variants);
  expect(table?.rows.map((row) => row.at(-1))).toEqual([
    '+0.000 [0.000, 0.000]',
    '-1.000 [-1.000, -1.000]',
  ]);
  expect(ablationTables('t', new Map())).toEqual([]);
});

test('the ablation switches each signal off once and never all of them', () => {
  const variants = ablationVariants();
  expect(variants).toHaveLength(14);
  for (const { signals } of variants) {
    expect(signals.vector || signals.text || signals.entity).toBe(true);
  }
  const names = variants.map((variant) => JSON.stringify(variant.signals));
  expect(new Set(names).size).toBe(14);
});
