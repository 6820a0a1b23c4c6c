/** What the numbers were measured on: recorded beside every result. */
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { arch, cpus, platform, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { percentile } from './stats.ts';

export interface Environment {
  readonly node: string;
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
}

/** Describes the machine without naming it. */
export function describeEnvironment(): Environment {
  const cores = cpus();
  return {
    node: process.version,
    system: `${platform()} ${arch()} ${release().split('-')[0]}`,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
  };
}

/**
 * The median of 30 fsyncs of 4 KB appends in the folder where the benchmarks keep their stores,
 * milliseconds. Shared disks flip between 0.15 and 4 ms within minutes, so probe before and after.
 */
export function probeFsync(): number {
  const folder = makeTempFolder('fsync');
  const file = openSync(join(folder, 'probe'), 'w');
  const block = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let n = 0; n < 30; n += 1) {
    writeSync(file, block);
    const startedAt = performance.now();
    fsyncSync(file);
    times.push(performance.now() - startedAt);
  }
  closeSync(file);
  rmSync(folder, { recursive: true, force: true });
  return percentile(times, 0.5);
}

/** A new empty folder in the system's temporary folder (TMPDIR chooses the disk). */
export function makeTempFolder(purpose: string): string {
  return mkdtempSync(join(tmpdir(), `reverie-${purpose}-`));
}
