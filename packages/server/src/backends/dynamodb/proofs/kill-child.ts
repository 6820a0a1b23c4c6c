/** A process of its own that writes to a table, says what was acknowledged, and may be killed. */
import { writeSync } from 'node:fs';
import { done, FakeClock } from '../../contract/fixtures.ts';
import { openDynamoStore } from '../dynamo-store.ts';
import { type KillTask, space, stepsOf } from './kill-steps.ts';

/** Written with one system call: the line is outside the process before the next step. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function run({ endpoint, table, tenant }: KillTask): Promise<void> {
  const clock = new FakeClock();
  const store = await openDynamoStore({ endpoint, table, clock, timeoutMs: 30_000 });
  const records = store.records.open(tenant);
  for (const batch of stepsOf(tenant)) {
    done(await records.commit(space, batch));
    say('ack');
  }
  await store.close();
}

run(JSON.parse(process.argv[2] ?? '')).catch((error: unknown) => {
  say(`error ${String(error)}`);
  process.exit(1);
});
