/** A server that is killed while a tenant uses up its quota: what was acknowledged was counted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, ReverieError } from '@reverie/sdk';
import { afterAll, expect, test } from 'vitest';
import { serveProcess } from './serve-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-quota-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 2);
const limit = 2000;
const askers = 8;
const settings = {
  REVERIE_PLANS: JSON.stringify({ bounded: { operations_per_month: limit } }),
  REVERIE_SIGNUP: 'open',
};

const isRefused = (error: unknown): boolean =>
  ReverieError.isInstance(error) && error.code === 'quota_exceeded';

test(`${rounds} rounds of kill -9`, { timeout: 30_000 + rounds * 30_000 }, async () => {
  let acknowledged = 0;
  let sent = 0;
  let apiKey: string | undefined;
  for (let round = 0; round < rounds; round++) {
    const { url: baseUrl, client, stop } = await serveProcess(folder, 'quota', settings);
    if (apiKey === undefined) {
      const made = await createClient({ baseUrl, retries: 0 }).signUp({ label: 'Acme' });
      await client.setTenantPlan(made.tenant, 'bounded');
      apiKey = made.key;
    }
    const theirs = createClient({ baseUrl, apiKey, retries: 0 });
    let isKilled = false;
    const asker = async (place: number): Promise<void> => {
      while (!isKilled && sent < limit / 2) {
        sent += 1;
        const asked = place % 2 === 0 ? theirs.store(`turn ${sent}`) : theirs.recall('turn');
        await asked.then(
          () => {
            acknowledged += 1;
          },
          () => undefined,
        );
      }
    };
    const asking = Array.from({ length: askers }, (_, place) => asker(place));
    await sleep(300 + Math.random() * 300);
    const killed = stop('SIGKILL');
    isKilled = true;
    await Promise.all([...asking, killed]);
  }
  const { url: baseUrl, stop } = await serveProcess(folder, 'quota', settings);
  const theirs = createClient({ baseUrl, apiKey, retries: 0 });
  const { operations } = await theirs.usage();
  expect(acknowledged).toBeGreaterThan(0);
  expect(operations.used).toBeGreaterThanOrEqual(acknowledged);
  // Of each kill: what was under way, and the rest of two leases of 2%.
  const lostMax = rounds * (askers + 2 * (limit / 50));
  expect(operations.used - acknowledged).toBeLessThanOrEqual(lostMax);
  let passed = 0;
  const racer = async (): Promise<void> => {
    for (;;) {
      const error = await theirs.recall('turn').then(
        () => undefined,
        (refused: unknown) => refused,
      );
      if (isRefused(error)) return;
      expect(error).toBeUndefined();
      passed += 1;
    }
  };
  await Promise.all(Array.from({ length: askers }, racer));
  expect(passed).toBe(limit - operations.used);
  await stop('SIGTERM');
});
