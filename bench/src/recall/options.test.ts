import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

test('files come from --data, given again and again, and from --data-dir in order', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-options-'));
  for (const name of ['b.json', 'a.json', 'notes.txt']) writeFileSync(join(folder, name), '');
  const { files } = parseOptions(['--data', 'x.json', '--data', 'y.json', '--data-dir', folder]);
  expect(files).toEqual(['x.json', 'y.json', join(folder, 'a.json'), join(folder, 'b.json')]);
  rmSync(folder, { recursive: true });
});

test('what is not said has a plain default', () => {
  const options = parseOptions(['--data', 'x.json']);
  expect(options).toMatchObject({ format: 'auto', limit: 10, ablation: false });
  expect(options.signals).toBeUndefined();
  expect(parseOptions(['--data', 'x', '--signals', 'text, thread']).signals).toEqual({
    vector: false,
    text: true,
    entity: false,
    thread: true,
    speaker: false,
    question: false,
    time: false,
  });
});

test.each([
  [[], 'name a data file'],
  [['--data', 'x', '--limit', '5'], '--limit'],
  [['--data', 'x', '--format', 'csv'], '--format'],
  [['--data', 'x', '--url', 'http://127.0.0.1:1'], 'go together'],
  [['--data', 'x', '--signals', 'smell'], 'smell'],
  [['--data', 'x', '--data', 'y', '--json', 'z'], '--json-dir'],
  [['--dta', 'x'], '--dta'],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
