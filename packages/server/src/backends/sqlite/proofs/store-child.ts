/**
 * A process of its own that writes to a store and says on standard output what was acknowledged.
 * Proofs run it under strace, kill it, or let it hold the folder.
 */
import { writeSync } from 'node:fs';
import type { TenantId } from '../../../domain/memory.ts';
import { done, FakeClock, idOf, named, put } from '../../contract/fixtures.ts';
import { openSqliteStore } from '../sqlite-store.ts';
import { bodyOf, type ChildTask, spacesOfChild } from './child-task.ts';

/** Written with one system call: the line is outside the process before the next step. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function run(task: ChildTask): Promise<void> {
  const store = await openSqliteStore({ folder: task.folder, clock: new FakeClock() });
  say('open');
  const records = store.records.open('tenant' as TenantId);
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

run(JSON.parse(process.argv[2] ?? '')).catch((error: { code?: string; details?: unknown }) => {
  say(`error ${error.code} ${JSON.stringify(error.details ?? {})}`);
  process.exit(1);
});
