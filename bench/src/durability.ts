/**
 * Durable writes at the records port against the disk's own fsync, on the disk as it is and with
 * an injected delay. Run: `node bench/dist/durability.js [--json] [--dir FOLDER]`.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { DurabilityTask, DurabilityTimes } from './durability-child.ts';

export interface DurabilityRow {
  /** Delay added to every fsync and fdatasync, in milliseconds. */
  readonly injectedMs: number;
  /** The folder that was measured. */
  readonly folder: string;
  /** Why there are no figures, for instance because strace is not installed. */
  readonly skipped?: string;
  readonly rawFsyncMs?: number;
  readonly singleWriteMs?: number;
  /** A single durable write over one raw fsync; goal: at most 1.5 where an fsync takes 1 ms. */
  readonly singleOverRaw?: number;
  readonly singlePerSecond?: number;
  readonly groupPerSecond?: number;
  /** 16 writers over one; goals: 8 at 4 ms, otherwise 2. */
  readonly groupOverSingle?: number;
}

export interface DurabilityReport {
  readonly writers: number;
  readonly rounds: number;
  readonly writesPerRound: number;
  readonly rows: DurabilityRow[];
}

export interface DurabilityOptions {
  /**
   * A folder on the file system to measure. Default: the system's temporary folder without a
   * delay, and memory with one, so that the injected delay is all that an fsync costs.
   */
  readonly parent?: string;
}

const writers = 16;
const rounds = 5;
const writes = 40;
/** Milliseconds: the disk as it is, and two slower ones. */
const delays = [0, 1, 4] as const;

/** A file system without a disk, on Linux. */
const memoryFolder = '/dev/shm';

const childPath = fileURLToPath(new URL('./durability-child.js', import.meta.url));

/** Takes about ten seconds, most of it waiting for the disk. */
export async function measureDurability({
  parent,
}: DurabilityOptions = {}): Promise<DurabilityReport> {
  const memory = existsSync(memoryFolder) ? memoryFolder : tmpdir();
  const rows: DurabilityRow[] = [];
  for (const injectedMs of delays) {
    const folder = parent ?? (injectedMs > 0 ? memory : tmpdir());
    rows.push(await measureRow(injectedMs, { parent: folder, rounds, writes, writers }));
  }
  return { writers, rounds, writesPerRound: writes, rows };
}

async function measureRow(injectedMs: number, task: DurabilityTask): Promise<DurabilityRow> {
  const folder = task.parent;
  if (injectedMs > 0 && !canInject()) {
    return { injectedMs, folder, skipped: 'strace is missing or may not inject here' };
  }
  const command = [process.execPath, childPath, JSON.stringify(task)];
  const line = injectedMs > 0 ? ['strace', ...injection(injectedMs), ...command] : command;
  const { stdout } = await promisify(execFile)(line[0] ?? '', line.slice(1));
  const times: DurabilityTimes = JSON.parse(stdout);
  const ratios = (over: number[], under: number[]): number[] =>
    over.map((value, i) => value / (under[i] ?? Number.NaN));
  return {
    injectedMs,
    folder,
    rawFsyncMs: median(times.rawMs),
    singleWriteMs: median(times.singleMs),
    singleOverRaw: median(ratios(times.singleMs, times.rawMs)),
    singlePerSecond: median(times.singlePerSecond),
    groupPerSecond: median(times.groupPerSecond),
    groupOverSingle: median(ratios(times.groupPerSecond, times.singlePerSecond)),
  };
}

/** Only the two calls stop at strace (seccomp); everything else runs at full speed. */
function injection(delayMs: number): string[] {
  const inject = `inject=fsync,fdatasync:delay_exit=${delayMs * 1000}`;
  const filter = ['-e', 'trace=fsync,fdatasync', '-e', inject, '-e', 'signal=none'];
  return ['-f', '--seccomp-bpf', '-qq', ...filter, '-o', '/dev/null'];
}

function canInject(): boolean {
  return spawnSync('strace', [...injection(1), 'true'], { stdio: 'ignore' }).status === 0;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The report as a Markdown table. */
export function renderDurability({ rows }: DurabilityReport): string {
  const head = [
    '| injected | raw fsync ms | single write ms | single / raw ' +
      '| 1 writer/s | 16 writers/s | 16 / 1 |',
    '| --- | --- | --- | --- | --- | --- | --- |',
  ];
  const cell = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '';
  const lines = rows.map((row) => {
    const name = `${row.injectedMs} ms in ${row.folder}`;
    if (row.skipped) return `| ${name} | skipped: ${row.skipped} | | | | | |`;
    const cells = [
      name,
      cell(row.rawFsyncMs, 2),
      cell(row.singleWriteMs, 2),
      cell(row.singleOverRaw, 2),
      cell(row.singlePerSecond, 0),
      cell(row.groupPerSecond, 0),
      cell(row.groupOverSingle, 1),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [...head, ...lines].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { json: { type: 'boolean' }, dir: { type: 'string' } } as const;
  const { values } = parseArgs({ options });
  const report = await measureDurability(values.dir === undefined ? {} : { parent: values.dir });
  process.stdout.write(`${values.json ? JSON.stringify(report) : renderDurability(report)}\n`);
}
