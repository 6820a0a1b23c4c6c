/** What an export may write over: its own files and nothing else. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { inspectExport } from './export-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-export-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, 'file.jsonl');
async function inspected(content: string | Uint8Array) {
  writeFileSync(path, content);
  return inspectExport(path);
}

const header = '{"reverie_export":{"format":1}}\n';
const lines = `${header}{"value":"a","cursor":"one"}\n{"value":"b","cursor":"two"}\n`;
const sha256 = createHash('sha256').update(lines).digest('hex');
const whole = `${lines}{"reverie_export_end":{"count":2,"sha256":"${sha256}"}}\n`;

test.each([
  ['pretty JSON', '{\n  "name": "x"\n}\n'],
  ['an empty first line', '\nmy notes\n'],
  ['an empty line before a header', `\n${whole}`],
  ['an empty line in between', whole.replace('\n', '\n\n')],
  ['the beginning of a header as a line', '{"reverie\n'],
  ['another JSON', '{"reverie_export":1}\n'],
  ['binary', Uint8Array.from([0, 255, 10, 123])],
])('%s is foreign', async (_name, content) => {
  expect(await inspected(content)).toEqual({ kind: 'foreign' });
});

test('wherever an export is cut it is known as a cut one', async () => {
  const firstLines = `${header}{"value":"a","cursor":"one"}\n`;
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 2), async (size) => {
      const state = await inspected(whole.slice(0, size));
      if (size < firstLines.length) expect(state).toEqual({ kind: 'empty' });
      else if (size < lines.length) {
        expect(state).toEqual({ kind: 'cut', bytes: firstLines.length, cursor: 'one' });
      } else expect(state).toEqual({ kind: 'cut', bytes: lines.length, cursor: 'two' });
    }),
  );
  expect(await inspected(whole)).toEqual({ kind: 'whole', count: 2 });
  expect(await inspected(whole.replace('"a"', '"x"'))).toEqual({ kind: 'foreign' });
  expect(await inspectExport(join(folder, 'none'))).toEqual({ kind: 'empty' });
});

test('what does not begin as an export does is never taken for one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 2, maxLength: 60 }), async (content) => {
      const text = Buffer.from(content).toString('latin1');
      fc.pre(!header.startsWith(text) && /[^\n]/.test(text));
      expect(await inspected(content)).toEqual({ kind: 'foreign' });
    }),
  );
});
