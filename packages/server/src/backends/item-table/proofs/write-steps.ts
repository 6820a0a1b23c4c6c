/** What a process that may be killed does: it writes, and says what was acknowledged. */
import { writeSync } from 'node:fs';
import type { Clock } from '../../../ports/clock.ts';
import { done, FakeClock } from '../../contract/fixtures.ts';
import type { ItemStore } from '../item-store.ts';
import { type KillTask, space, stepsOf } from './kill-steps.ts';

/** The task is the process's one argument. */
export async function writeSteps(
  open: (place: { endpoint: string; table: string; clock: Clock }) => Promise<ItemStore>,
): Promise<void> {
  try {
    const { tenant, ...place }: KillTask = JSON.parse(process.argv[2] ?? '');
    const store = await open({ ...place, clock: new FakeClock() });
    const records = store.records.open(tenant);
    for (const batch of stepsOf(tenant)) {
      done(await records.commit(space, batch));
      say('ack');
    }
    await store.close();
  } catch (error) {
    say(`error ${String(error)}`);
    process.exit(1);
  }
}

/** Written with one system call: the line is outside the process before the next step. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
