/**
 * Proof: `kill -9` loses nothing that was acknowledged. `REVERIE_KILL_ROUNDS` says how often.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { TenantId } from '../../../domain/memory.ts';
import { FakeClock, idOf, text } from '../../contract/fixtures.ts';
import { openSqliteStore } from '../sqlite-store.ts';
import { makeTestFolder } from '../test-folder.ts';
import { bodyOf, spacesOfChild } from './child-task.ts';
import { startChild } from './run-child.ts';

const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 3);
const idsPerRound = 1_000_000;

/** What the store has after a crash, against what was acknowledged before it. */
async function check(folder: string, acknowledged: ReadonlyMap<number, number>): Promise<void> {
  const store = await openSqliteStore({ folder, clock: new FakeClock() });
  const records = store.records.open('tenant' as TenantId);
  let lost = 0;
  for (const [n, seq] of acknowledged) {
    const [found] = await records.byId([idOf(n)]);
    const isThere = found && text(found.row.body) === bodyOf(n) && found.row.seq === seq;
    if (!isThere) lost++;
  }
  expect(lost).toBe(0);
  for (const name of spacesOfChild) {
    const info = await records.namespace(name);
    if (!info) continue;
    const changes = await records.index(info.no, 1).changes(0, 1_000_000);
    expect(changes).toHaveLength(info.seq);
    expect(changes.every(({ seq }, i) => seq === i + 1)).toBe(true);
    expect(info.memories).toBe(info.seq);
  }
  await store.close();
}

test(`${rounds} rounds of kill -9`, { timeout: 60_000 + rounds * 30_000 }, async () => {
  const folder = makeTestFolder();
  const acknowledged = new Map<number, number>();
  for (let round = 0; round < rounds; round++) {
    const firstId = 1 + round * idsPerRound;
    const child = startChild({ folder: folder.path, writers: 8, firstId });
    await child.until('ack');
    await sleep(Math.random() * 400);
    child.process.kill('SIGKILL');
    await child.exited;
    for (const line of child.lines) {
      const [word, n, , seq] = line.split(' ');
      if (word === 'ack' && seq !== undefined) acknowledged.set(Number(n), Number(seq));
    }
    await check(folder.path, acknowledged);
  }
  expect(acknowledged.size).toBeGreaterThanOrEqual(rounds);
  folder.remove();
});
