import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseResult } from './read-result.ts';
import { renderReport } from './render-report.ts';
import { floorTitle, type Result, writeResult } from './results.ts';

const result: Result = {
  kind: 'recall',
  name: 'tiny',
  date: '2026-02-03T04:05:06.000Z',
  command: 'npm run bench:recall -- --data tiny.json',
  settings: { limit: 10, signals: 'default' },
  environment: { node: 'v20.19.0', system: 'linux', cpu: 'any', cores: 2, memoryGb: 8 },
  tables: [
    {
      title: 'tiny',
      columns: ['category', 'n'],
      rows: [
        ['a|b', 3],
        ['all', null],
      ],
    },
  ],
};

test('a result survives writing and reading', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-report-'));
  const file = join(folder, 'tiny.json');
  writeResult(file, result);
  expect(parseResult(readFileSync(file, 'utf8'))).toEqual(result);
  rmSync(folder, { recursive: true });
});

test('the page names date, command and machine of each table', () => {
  const page = renderReport([result]);
  expect(page).toContain('### tiny, 2026-02-03');
  expect(page).toContain('npm run bench:recall -- --data tiny.json');
  expect(page).toContain('Node v20.19.0, linux, any, 2 cores, 8 GB.');
  expect(page).toContain('| a\\|b | 3 |\n| all | - |');
  expect(page).not.toContain('## Speed');
});

test('of two results of one name the newer is shown', () => {
  const page = renderReport([result, { ...result, date: '2026-03-01T00:00:00.000Z' }]);
  expect(page).toContain('2026-03-01');
  expect(page).not.toContain('2026-02-03');
});

test('a damaged result is refused with its field', () => {
  expect(() => parseResult('{"kind":"recall"}')).toThrow('name is missing');
});

test('the rows against the floor become one table at the head of the chapter', () => {
  const floor = (name: string): Result => ({
    ...result,
    name,
    tables: [...result.tables, { title: floorTitle, columns: ['set', 'n'], rows: [[name, 3]] }],
  });
  const page = renderReport([floor('b'), floor('a'), result]);
  expect(page).toContain('| set | n |\n| --- | --- |\n| a | 3 |\n| b | 3 |');
  expect(page.indexOf('| a | 3 |')).toBeLessThan(page.indexOf('### a'));
  expect(page).not.toContain(floorTitle);
});

test('scores per query survive writing and reading, and must be of one length', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-report-'));
  const file = join(folder, 'tiny.json');
  const queries = {
    fingerprint: 'ab12',
    categories: ['x', 'y'],
    category: [0, 1],
    recall10: [0.333, 1],
    ndcg10: [0.5, 1],
  };
  writeResult(file, { ...result, queries });
  expect(parseResult(readFileSync(file, 'utf8')).queries).toEqual(queries);
  writeResult(file, { ...result, queries: { ...queries, recall10: [1] } });
  expect(() => parseResult(readFileSync(file, 'utf8'))).toThrow('different lengths');
  rmSync(folder, { recursive: true });
});
