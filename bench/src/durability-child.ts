/**
 * Times durable writes in a process of its own, so that strace can slow the disk down under it.
 * Argument: JSON of {@link DurabilityTask}. Standard output: JSON of {@link DurabilityTimes}.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type {
  MemoryId,
  NamespaceName,
  TenantId,
} from '../../packages/server/dist/domain/memory.js';
import type { PutOp, TenantRecords } from '../../packages/server/dist/ports/records.js';

type StoreModule = typeof import('../../packages/server/dist/backends/sqlite/sqlite-store.js');

export interface DurabilityTask {
  /** Where the test folder is made: the file system that is measured. */
  readonly parent: string;
  readonly rounds: number;
  /** Writes of one measurement in one round. */
  readonly writes: number;
  readonly writers: number;
}

/** One number per round. The three are measured in turn, so they meet the same disk. */
export interface DurabilityTimes {
  /** Milliseconds of one 200-byte append and fdatasync. */
  readonly rawMs: number[];
  /** Milliseconds of one commit at the records port, one caller. */
  readonly singleMs: number[];
  /** Commits per second of one caller. */
  readonly singlePerSecond: number[];
  /** Commits per second of all concurrent callers together. */
  readonly groupPerSecond: number[];
}

const space = 'bench' as NamespaceName;
const bodyBytes = 200;
/** About what the analysis of a short text takes. */
const analysisBytes = 1000;

const median = (times: number[]): number =>
  times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

let made = 0;

function nextPut(): PutOp {
  const number = (++made).toString(16).padStart(12, '0');
  return {
    op: 'put',
    columns: {
      id: `mem_0197a000-0000-7000-8000-${number}` as MemoryId,
      kind: 'episode',
      audience: 'user',
      trust: 'normal',
      keyHash: null,
      occurredAt: 1,
      validFrom: null,
      validTo: null,
      expiresAt: null,
      supersedes: null,
      archived: false,
      pinned: false,
      importance: 0.5,
      confidence: 1,
    },
    body: new Uint8Array(bodyBytes).fill(made % 256),
    analysis: new Uint8Array(analysisBytes).fill(made % 256),
    vectors: [],
  };
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Raw fsyncs and commits in turn, one by one: a shared disk changes its speed within seconds. */
async function timePairs(
  records: TenantRecords,
  path: string,
  writes: number,
): Promise<{ raw: number[]; single: number[] }> {
  const handle = openSync(path, 'a');
  const data = Buffer.alloc(bodyBytes, 1);
  const raw: number[] = [];
  const single: number[] = [];
  for (let i = 0; i < writes; i++) {
    const fsync = (): void => {
      writeSync(handle, data);
      fdatasyncSync(handle);
    };
    raw.push(await timed(fsync));
    single.push(await timed(() => records.commit(space, { ops: [nextPut()] })));
  }
  closeSync(handle);
  return { raw, single };
}

async function writeAll(records: TenantRecords, writes: number): Promise<void> {
  for (let i = 0; i < writes; i++) await records.commit(space, { ops: [nextPut()] });
}

/** Commits per second with that many callers, each waiting for its own reply. */
async function timeGroup(records: TenantRecords, writes: number, writers: number): Promise<number> {
  const callers = () => Array.from({ length: writers }, () => writeAll(records, writes));
  const ms = await timed(() => Promise.all(callers()));
  return (1000 * writes * writers) / ms;
}

async function run(task: DurabilityTask): Promise<DurabilityTimes> {
  const storeUrl = '../../packages/server/dist/backends/sqlite/sqlite-store.js';
  const { openSqliteStore }: StoreModule = await import(new URL(storeUrl, import.meta.url).href);
  const parent = mkdtempSync(join(task.parent, 'reverie-durability-'));
  const clock = { now: Date.now, randomBytes: (length: number) => new Uint8Array(length) };
  const store = await openSqliteStore({ folder: join(parent, 'data'), clock });
  const records = store.records.open('bench' as TenantId);
  const result: DurabilityTimes = {
    rawMs: [],
    singleMs: [],
    singlePerSecond: [],
    groupPerSecond: [],
  };
  try {
    // The first round warms up and is not counted.
    for (let round = 0; round <= task.rounds; round++) {
      const { raw, single } = await timePairs(records, join(parent, 'raw'), task.writes);
      const perSecond = await timeGroup(records, task.writes, 1);
      const group = await timeGroup(records, task.writes, task.writers);
      if (round === 0) continue;
      result.rawMs.push(median(raw));
      result.singleMs.push(median(single));
      result.singlePerSecond.push(perSecond);
      result.groupPerSecond.push(group);
    }
    return result;
  } finally {
    await store.close();
    rmSync(parent, { recursive: true, force: true });
  }
}

const task = process.argv[2];
if (task !== undefined) process.stdout.write(JSON.stringify(await run(JSON.parse(task))));
