import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plansFromText } from './plans-setting.ts';

const refusal = (text: string): string =>
  plansFromText.safeParse(text).error?.issues[0]?.message ?? 'taken';

const others = { requestsPerMinute: null, keys: null };

test('plans come from JSON; what is left out has no limit', () => {
  expect(plansFromText.parse('{"pro": {"operations_per_month": 5}, "free": {}}')).toEqual([
    { name: 'pro', operationsPerMonth: 5, ...{ storedBytes: null, ...others } },
    { name: 'free', operationsPerMonth: null, ...{ storedBytes: null, ...others } },
  ]);
});

test('or from a file that holds it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-plans-'));
  const file = join(folder, 'plans.json');
  writeFileSync(file, ' {"team": {"stored_bytes": 7, "requests_per_minute": 9}}\n');
  expect(plansFromText.parse(file)).toMatchObject([{ name: 'team', storedBytes: 7 }]);
  rmSync(folder, { recursive: true });
});

test.each([
  ['/nowhere/plans.json', 'path of a file'],
  ['{"pro": ', 'plans are not valid'],
  ['{"Pro": {}}', 'a-z'],
  ['{"unlimited": {"stored_bytes": 1}}', 'no limits'],
  ['{"pro": {"operations": 5}}', 'operations'],
  ['{"pro": {"requests_per_minute": 0}}', 'pro.requests_per_minute'],
  ['{"pro": {"stored_bytes": -1}}', 'pro.stored_bytes'],
])('%s is refused', (text, reason) => expect(refusal(text)).toContain(reason));
