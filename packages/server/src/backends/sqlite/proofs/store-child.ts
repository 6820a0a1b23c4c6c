/**
 * A process of its own that writes to a store and says on standard output what was acknowledged.
 * Proofs run it under strace, kill it, or let it hold the folder.
 */
import { writeSync } from 'node:fs';
import { done, FakeClock, idOf, named, put } from '../../contract/fixtures.ts';
import { openSqliteStore } from '../sqlite-store.ts';

export interface ChildTask {
  readonly folder: string;
  /** Commits to make; absent: without end. */
  readonly commits?: number;
  readonly writers: number;
  /** Ids are numbered from here. */
  readonly firstId: number;
  /** Keep the folder after the last commit until killed. */
  readonly hold?: boolean;
}

export const spacesOfChild = ['first', 'second', 'third'].map(named);

/** What a memory of the child says, so that a reader can check it. */
export const bodyOf = (n: number): string => `memory ${n} ${'x'.repeat(n % 700)}`;

/** Written with one system call: the line is outside the process before the next step. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function run(task: ChildTask): Promise<void> {
  const store = await openSqliteStore({ folder: task.folder, clock: new FakeClock() });
  say('open');
  const records = store.records.open('tenant' as Parameters<typeof store.records.open>[0]);
  const end = task.firstId + (task.commits ?? Number.POSITIVE_INFINITY);
  let next = task.firstId;
  const writer = async (): Promise<void> => {
    while (next < end) {
      const n = next++;
      const space = spacesOfChild[n % spacesOfChild.length] ?? named('none');
      const { applied } = done(await records.commit(space, { ops: [put(n, {}, bodyOf(n))] }));
      say(`ack ${n} ${idOf(n)} ${applied[0]?.seq}`);
    }
  };
  await Promise.all(Array.from({ length: task.writers }, writer));
  if (task.hold) await new Promise(() => setInterval(() => {}, 1000));
  await store.close();
}

const task = process.argv[2];
if (task !== undefined && process.argv[1]?.includes('store-child')) {
  run(JSON.parse(task)).catch((error: { code?: string; details?: unknown }) => {
    say(`error ${error.code} ${JSON.stringify(error.details ?? {})}`);
    process.exit(1);
  });
}
