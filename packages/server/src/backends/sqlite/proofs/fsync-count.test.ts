/** Proof: an acknowledged commit was followed by an fsync, and waiting commits share one. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeTestFolder } from '../test-folder.ts';
import type { ChildTask } from './child-task.ts';
import { childPath, hasTool } from './run-child.ts';

const canTrace = hasTool('strace', '-c', '-o', '/dev/null', 'true');

/** Calls of fsync and fdatasync while the child runs. */
function countSyncs(task: Omit<ChildTask, 'folder' | 'firstId'>): number {
  const folder = makeTestFolder();
  const report = `${folder.path}.strace`;
  const strace = ['-f', '-e', 'trace=fsync,fdatasync', '-e', 'signal=none', '-o', report];
  const child = JSON.stringify({ ...task, folder: folder.path, firstId: 1 });
  try {
    execFileSync('strace', [...strace, process.execPath, childPath, child]);
    const lines = readFileSync(report, 'utf8').split('\n');
    return lines.filter((line) => /\bf(data)?sync\(/.test(line)).length;
  } finally {
    rmSync(report, { force: true });
    folder.remove();
  }
}

test.skipIf(!canTrace)('fsyncs are counted by strace', { timeout: 120_000 }, () => {
  const commits = 96;
  const idle = countSyncs({ commits: 0, writers: 1 });
  const alone = countSyncs({ commits, writers: 1 }) - idle;
  const together = countSyncs({ commits, writers: 16 }) - idle;
  expect(alone).toBeGreaterThanOrEqual(commits);
  // A commit costs one fsync; the rest is room for a checkpoint at the end.
  expect(alone).toBeLessThanOrEqual(commits + 6);
  expect(together).toBeLessThanOrEqual(commits / 4);
});
