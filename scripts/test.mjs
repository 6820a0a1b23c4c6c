/**
 * `npm test`: installs and builds what is missing, then checks style and runs the tests. Arguments
 * go to vitest: npm test -- packages/sdk. The last line counts; the exit code agrees with it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureReady, tool } from './ensure-ready.mjs';

let isCounted = false;
// What ends the process before the tests is a failure too, and is counted as one.
process.on('exit', () => {
  if (!isCounted) process.stdout.write('0 passed, 1 failed\n');
});

ensureReady();
const style = tool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']);
const folder = mkdtempSync(join(tmpdir(), 'reverie-test-'));
const report = join(folder, 'report.json');
const reporting = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const status = tool('vitest/vitest.mjs', ['run', ...reporting, ...process.argv.slice(2)]);
const counts = count(report, status, style);
rmSync(folder, { recursive: true });

isCounted = true;
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/**
 * From vitest's report. What fails outside a test (a file that does not load, the style, a crash)
 * counts as one failure, so that a bad run can never end in "0 failed".
 */
function count(path, status, style) {
  let result;
  try {
    result = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const broken = result.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const inTests = result.numFailedTests + broken;
  const failed = inTests > 0 || status === 0 ? inTests : 1;
  return {
    passed: result.numPassedTests,
    failed: failed + (style === 0 ? 0 : 1),
    skipped: result.numPendingTests + (result.numTodoTests ?? 0),
  };
}
