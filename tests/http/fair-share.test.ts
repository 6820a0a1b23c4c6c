/** Requests that are made to be costly: none of them holds the thread from the others. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { type Scenario, send } from './scenario.ts';
import { exportOf, importInto, linesOf } from './transfer.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-share-'));
let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp({ REVERIE_DATA_DIR: folder, REVERIE_EMBEDDER: 'none' });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Milliseconds that others may have to wait: far more than it takes, on a busy machine too. */
const pauseMaxMs = 500;

/** The answer, and the longest time in which nobody else got a turn. */
async function watched(request: Omit<Scenario, 'name' | 'status'>) {
  let last = performance.now();
  let pauseMs = 0;
  const look = () => {
    const now = performance.now();
    pauseMs = Math.max(pauseMs, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  await sleep(5);
  const { response, json } = await send(app, request);
  await sleep(5);
  look();
  clearInterval(timer);
  return { status: response.status, ...json(), pauseMs };
}

const madeId = (n: number): string =>
  `mem_018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

test('a forget follows a long chain of derived memories, in whichever order it came', async () => {
  const namespace = 'chain';
  const body = { namespace, value: 'where it starts' };
  const { id } = (await send(app, { path: '/v1/memory-set', body })).json();
  const [, line] = linesOf(await exportOf(app, namespace));
  const length = 5_000;
  const lines = Array.from({ length }, (_, i) => {
    const derived_from = [i === length - 1 ? id : madeId(i + 1)];
    const made = { kind: 'derived', value: `${i}`, derived_from };
    return JSON.stringify({ ...line, id: madeId(i), ...made });
  });
  expect((await importInto(app, namespace, lines.join('\n'))).response.status).toBe(200);
  const dry = await watched({ path: '/v1/forget', body: { memory_id: id, dry_run: true } });
  expect(dry.counts).toMatchObject({ memories: length + 1, derived: length });
  expect(dry.pauseMs).toBeLessThan(pauseMaxMs);
});

async function newTenant(name: string): Promise<string> {
  const made = await send(app, { path: '/v1/admin/tenants', body: { name } });
  return made.json().key;
}

/** Names in the order in which they were done. */
async function finished(
  requests: readonly (readonly [string, () => Promise<unknown>])[],
): Promise<string[]> {
  const done: string[] = [];
  await Promise.all(requests.map(([name, ask]) => ask().then(() => done.push(name))));
  return done;
}

test('one request overtakes the many of another tenant', async () => {
  const noisy = await newTenant('noisy');
  const quiet = await newTenant('quiet');
  const items = Array.from({ length: 200 }, (_, i) => ({
    value: `Heron ${i} waits by the pond.`,
  }));
  for (const key of [noisy, quiet])
    await send(app, { key, path: '/v1/memory/bulk', body: { items } });
  const search = (key: string) => () =>
    send(app, { key, path: '/v1/memory/search', body: { query: 'Which heron waits?' } });
  const bulk = () => send(app, { key: noisy, path: '/v1/memory/bulk', body: { items } });
  const crowd = Array.from({ length: 40 }, (_, i) => [`search ${i}`, search(noisy)] as const);
  const bulks = Array.from({ length: 4 }, (_, i) => [`bulk ${i}`, bulk] as const);
  const order = await finished([...crowd, ...bulks, ['quiet', search(quiet)]]);
  expect(order).toHaveLength(45);
  expect(order.indexOf('quiet')).toBeLessThan(15);
});
