/** docs/guarantees.md names only proofs that are there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkGuarantees } from './guarantees.ts';
import { read, root } from './source-files.ts';

const readFile = (path: string) => (existsSync(join(root, path)) ? read(path) : undefined);
const page = read('docs/guarantees.md');

test('every proof of docs/guarantees.md is there', () => {
  expect(checkGuarantees(page, readFile)).toEqual([]);
});

const echoProofs = [
  '- [tests/http/echo.test.ts](../tests/http/echo.test.ts)',
  '  - who says the same twice without a recall between says it twice',
  '  - an echo never comes before its source, collapsed or not',
  '  - the mark travels with an export',
].join('\n');

test.each([
  ['a file that is gone', 'tests/cli.test.ts', 'tests/gone.test.ts', 'which is no test'],
  ['a file that proves nothing', 'tests/cli.test.ts', 'tests/http/scenario.ts', 'is no test'],
  ['a test that is gone', '- forget nothing', '- forget all', 'has no test "forget all"'],
  ['a demand without a state', '**Met.** Nothing asks', 'Nothing asks', 'does not begin'],
  ['a promise without a proof', echoProofs, '', 'with 0 proofs'],
  ['a proof of what is not met', '**Met.** A list', '**Not met yet.** A list', 'with 3 proofs'],
  ['a file without a test', '  - bad stores\n', '', 'names no test of'],
  ['a demand that is left out', '## 13. ', '### ', 'not numbered 1 to 25'],
])('it sees %s', (_, from, to, complaint) => {
  const changed = page.replaceAll(from, to);
  expect(changed).not.toBe(page);
  expect(checkGuarantees(changed, readFile).join('\n')).toContain(complaint);
});
