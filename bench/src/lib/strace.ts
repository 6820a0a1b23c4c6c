/** Runs a server under strace, to count or to slow down its fsyncs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Only fsyncs stop at strace (seccomp); everything else runs at full speed. */
const onlyFsync = [
  '-f',
  '--seccomp-bpf',
  '-qq',
  '-e',
  'trace=fsync,fdatasync',
  '-e',
  'signal=none',
];

/** Why strace cannot be used here, or undefined when it can. */
export function straceMissing(): string | undefined {
  const tried = spawnSync('strace', [...onlyFsync, 'true'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  if (tried.error !== undefined) return 'strace is not installed';
  return tried.status === 0 ? undefined : 'strace may not trace here (ptrace is not allowed)';
}

/** A command prefix that adds `delayMs` to every fsync. */
export function delayedFsync(delayMs: number): string[] {
  const inject = `inject=fsync,fdatasync:delay_exit=${delayMs * 1000}`;
  return ['strace', ...onlyFsync, '-e', inject, '-o', '/dev/null'];
}

/** A command prefix that writes one line per fsync to a file. */
export function recordedFsync(file: string): string[] {
  return ['strace', ...onlyFsync, '-o', file];
}

/** The fsyncs begun so far, from a file of recordedFsync. */
export function countFsyncs(file: string): number {
  return readFileSync(file, 'utf8').match(/\bf(?:data)?sync\(/g)?.length ?? 0;
}
