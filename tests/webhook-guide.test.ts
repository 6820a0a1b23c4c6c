/** The examples of docs/guides/webhooks.md that verify a delivery, run as they stand. */
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { signatureHeaders } from '../packages/server/src/engine/webhooks/sign.ts';
import { read } from './source-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-guide-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(read('docs/guides/webhooks.md'))?.[1] ??
  '';

const raw = JSON.stringify({ id: 'evt_1', data: { namespace: 'é' } });
const now = 1_800_000_000;
const headerOf = (secret: string, former?: string): string => {
  const until = { until: (now + 60) * 1000 };
  const secrets = { secret, ...(former && { former: { secret: former, ...until } }) };
  const made = signatureHeaders(secrets, new TextEncoder().encode(raw), now * 1000);
  return made['X-Reverie-Signature'] ?? '';
};

/** What is asked, and what the answer must be. */
const cases: readonly (readonly [string, string, string, string, number, boolean])[] = [
  ['as it was sent', raw, headerOf('one'), 'one', now + 5, true],
  ['with the former secret', raw, headerOf('two', 'one'), 'one', now, true],
  ['another body', `${raw} `, headerOf('one'), 'one', now, false],
  ['another secret', raw, headerOf('one'), 'two', now, false],
  ['too old', raw, headerOf('one'), 'one', now + 301, false],
  ['no signature', raw, `t=${now},`, 'one', now, false],
];

describe('the example in Node', () => {
  const file = join(folder, 'example.mjs');
  writeFileSync(file, example('js'));
  test.each(cases)('%s', async (_name, body, header, secret, at, wanted) => {
    const { isGenuine } = await import(pathToFileURL(file).href);
    expect(isGenuine(Buffer.from(body), header, secret, at)).toBe(wanted);
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython)('the example in Python', () => {
  test('tells the same', () => {
    const asked = cases.map(([, body, header, secret, at]) => [body, header, secret, at]);
    const script = [
      example('python'),
      'import json, sys',
      'print(json.dumps([is_genuine(b.encode(), h, s, n) for b, h, s, n in json.load(sys.stdin)]))',
    ].join('\n');
    const input = JSON.stringify(asked);
    const { stdout, stderr } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(cases.map((one) => one[5]));
  });
});

test('the signature for receivers of REM is over the raw bytes alone', () => {
  const made = signatureHeaders({ secret: 'one' }, new TextEncoder().encode(raw), now * 1000);
  expect(made['X-REM-Signature']).toBe(createHmac('sha256', 'one').update(raw).digest('hex'));
});
