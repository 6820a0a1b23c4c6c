import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseResult } from './read-result.ts';
import { renderReport } from './render-report.ts';
import { type Result, writeResult } from './results.ts';

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
