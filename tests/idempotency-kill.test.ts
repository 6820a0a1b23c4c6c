/** A server that is killed while it stores: who sends every request again has each memory once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReverieClient } from '@reverie/sdk';
import { afterAll, expect, test } from 'vitest';
import { serveProcess } from './serve-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-once-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 2);
const writers = 8;
/** Items of every tenth request, which is a bulk. */
const bulkItems = 5;

/** The ids of request `n`, which is the same whenever it is sent. */
async function request(client: ReverieClient, n: number): Promise<string[]> {
  const named = { idempotencyKey: `request-${n}` };
  if (n % 10 !== 0) return [(await client.store(`turn ${n}`, named)).id];
  const items = Array.from({ length: bulkItems }, (_, i) => ({ value: `turn ${n} item ${i}` }));
  const { results } = await client.storeMany(items, named);
  return results.map(({ id }) => id ?? 'none');
}

test(`${rounds} rounds of kill -9`, { timeout: 30_000 + rounds * 30_000 }, async () => {
  const acknowledged = new Map<number, string[]>();
  let next = 1;
  for (let round = 0; round < rounds; round++) {
    const { client, stop } = await serveProcess(folder, 'kill');
    let isKilled = false;
    const writer = async (): Promise<void> => {
      while (!isKilled) {
        const n = next++;
        const ids = await request(client, n).catch(() => undefined);
        if (ids) acknowledged.set(n, ids);
      }
    };
    const writing = Array.from({ length: writers }, writer);
    await sleep(300 + Math.random() * 300);
    const killed = stop('SIGKILL');
    isKilled = true;
    await Promise.all([...writing, killed]);
  }
  const { client, stop } = await serveProcess(folder, 'kill');
  const ids = new Set<string>();
  for (let n = 1; n < next; n++) {
    const again = await request(client, n);
    const before = acknowledged.get(n);
    if (before) expect(again).toEqual(before);
    for (const id of again) ids.add(id);
  }
  const found: string[] = [];
  for await (const { id } of client.list({ limit: 200 })) found.push(id);
  const bulks = Math.floor((next - 1) / 10);
  expect(acknowledged.size).toBeGreaterThan(0);
  expect(found).toHaveLength(next - 1 + bulks * (bulkItems - 1));
  expect(new Set(found)).toEqual(ids);
  await stop('SIGTERM');
});
