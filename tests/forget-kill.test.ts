/** A server that is killed while it forgets: afterwards all of it is gone, or nothing was begun. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReverieClient } from '@reverie/sdk';
import { afterAll, expect, test } from 'vitest';
import { serveProcess } from './serve-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-forget-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 3);
const memories = 2000;
const care = { confirm: true };

async function fill(client: ReverieClient, namespace: string): Promise<void> {
  for (let at = 0; at < memories; at += 1000) {
    const items = Array.from({ length: 1000 }, (_, i) => ({
      value: `turn ${at + i}`,
      tags: ['gone'],
    }));
    await client.storeMany(items, { namespace });
  }
  await client.store({ value: 'the one that stays', namespace });
}

async function countOf(client: ReverieClient, namespace: string): Promise<number> {
  let count = 0;
  for await (const { value } of client.list({ namespace, limit: 200 })) {
    expect(value).toMatch(/^(turn \d+|the one that stays)$/);
    count += 1;
  }
  return count;
}

test(`${rounds} rounds of kill -9`, { timeout: 30_000 + rounds * 30_000 }, async () => {
  for (let round = 0; round < rounds; round++) {
    const namespace = `space ${round}`;
    const first = await serveProcess(folder, namespace);
    await fill(first.client, namespace);
    const named = { idempotencyKey: `forget ${round}`.replace(' ', '-') };
    const ask = (client: ReverieClient) =>
      round % 2 === 0
        ? client.forget({ tags: ['gone'], ...care }, named)
        : client.forgetNamespace({ namespace, ...care }, named);
    const asked = ask(first.client).catch(() => undefined);
    await sleep(10 + Math.random() * 150);
    await first.stop('SIGKILL');
    await asked;

    const second = await serveProcess(folder, namespace);
    const receipts = [];
    for await (const one of second.client.forgetReceipts({ namespace })) receipts.push(one);
    expect(receipts.length).toBeLessThanOrEqual(1);
    const left = round % 2 === 0 ? 1 : 0;
    const goes = memories + 1 - left;
    if (receipts[0] !== undefined) {
      expect(receipts[0]).toMatchObject({ state: 'hidden', counts: { memories: goes } });
    }
    const isBegun = receipts[0] !== undefined;
    expect(await countOf(second.client, namespace)).toBe(isBegun ? left : memories + 1);
    expect(await ask(second.client)).toMatchObject({ forgotten: goes });
    expect(await countOf(second.client, namespace)).toBe(left);
    await second.stop('SIGTERM');
  }
});
