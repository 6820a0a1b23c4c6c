/**
 * `.ci/run`: every check in one run from a clean clone. Each step is counted; the last line sums
 * them, and the exit code is 0 only when nothing failed.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));

/**
 * `counts: 'tests'`: the step prints how many passed, failed and were skipped (vitest's summary, or
 * a line "N passed, N failed[, N skipped]"); `'exit'`: the step is one test, its exit code decides.
 */
const steps = [
  { name: 'npm test', command: ['npm', 'test'], counts: 'tests', minutes: 45 },
  {
    name: 'backends',
    command: ['npm', 'run', 'test:backends'],
    counts: 'tests',
    minutes: 30,
  },
  {
    name: 'image',
    command: ['npm', 'run', 'test:image'],
    counts: 'tests',
    minutes: 15,
  },
  {
    name: 'Kubernetes schemas',
    command: ['node', 'scripts/check-manifests.mjs'],
    counts: 'tests',
    minutes: 5,
  },
  {
    name: 'Python guide samples',
    command: ['node', 'scripts/test-guides.mjs', '--python'],
    counts: 'tests',
    minutes: 6,
  },
  {
    name: 'fsync proof',
    command: ['node', 'bench/dist/fsync-proof.js'],
    counts: 'tests',
    minutes: 2,
  },
  {
    name: '10 kill -9 rounds',
    command: ['node', 'bench/dist/kill-rounds.js', '10'],
    counts: 'tests',
    minutes: 5,
  },
  {
    name: 'benchmarks page',
    command: ['node', 'bench/dist/report.js', '--check'],
    counts: 'exit',
    minutes: 1,
  },
];

/** Runs one step, shows its output as it comes, and keeps the end of it. */
function run(step) {
  return new Promise((resolve) => {
    const [command, ...args] = step.command;
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CI: '1', NO_COLOR: '1', FORCE_COLOR: '0' },
      shell: process.platform === 'win32',
      // A group of its own, so that a step that runs too long ends with all that it started.
      detached: process.platform !== 'win32',
    });
    let output = '';
    let reason;
    const timer = setTimeout(() => {
      reason = `longer than ${step.minutes} minutes`;
      endGroup(child);
    }, step.minutes * 60_000);
    const keep = (target) => (chunk) => {
      target.write(chunk);
      output = (output + chunk.toString('utf8')).slice(-200_000);
    };
    child.stdout.on('data', keep(process.stdout));
    child.stderr.on('data', keep(process.stderr));
    child.once('error', (error) => resolve({ reason: error.message, output }));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const ended = code === 0 ? undefined : `ended with ${code ?? signal}`;
      resolve({ reason: reason ?? ended, output });
    });
  });
}

function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** The last summary in the output, or undefined when there is none. */
function readCounts(output) {
  const lines = stripVTControlCharacters(output).split('\n').reverse();
  const line = lines.find((one) =>
    /^\s*Tests\s.*\(\d+\)\s*$|^\d+ passed, \d+ failed(, \d+ skipped)?$/.test(one),
  );
  if (line === undefined) return undefined;
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped') + count('todo'),
  };
}

/** A step that failed in any way has at least one failure, whatever it printed. */
function judge(step, { reason, output }) {
  const failure = { passed: 0, failed: 1, skipped: 0, reason };
  if (step.counts === 'exit')
    return reason === undefined ? { ...failure, passed: 1, failed: 0 } : failure;
  const counts = readCounts(output);
  if (counts === undefined) return { ...failure, reason: reason ?? 'it printed no summary' };
  if (reason === undefined) return counts;
  return { ...counts, failed: Math.max(1, counts.failed), reason };
}

console.log(`Node ${process.version}`);
const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
for (const step of steps) {
  console.log(`\n== ${step.name}: ${step.command.join(' ')}`);
  const startedAt = Date.now();
  const judged = judge(step, await run(step));
  total.passed += judged.passed;
  total.failed += judged.failed;
  total.skipped += judged.skipped;
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  const why = judged.reason === undefined ? '' : ` (${judged.reason})`;
  const counts = `${judged.passed} passed, ${judged.failed} failed, ${judged.skipped} skipped`;
  summary.push(`${step.name}: ${counts} in ${seconds} s${why}`);
}
console.log(`\n${summary.join('\n')}\n`);
const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
