/** A server that is killed while it stores: who sends every request again has each memory once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@reverie/sdk';
import { afterAll, expect, test } from 'vitest';
import { root } from './source-files.ts';

const command = join(root, 'packages/server/bin/reverie.mjs');
const folder = mkdtempSync(join(tmpdir(), 'reverie-once-'));
const running: ChildProcess[] = [];
const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('REVERIE_'));
const rootKey = 'test-root-key-of-enough-length';
const env = { REVERIE_LOG_LEVEL: 'silent', REVERIE_ROOT_KEY: rootKey, REVERIE_DATA_DIR: folder };

const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 2);
const writers = 8;
/** Items of every tenth request, which is a bulk. */
const bulkItems = 5;

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function serve() {
  const child = spawn(process.execPath, [command, 'serve', '--port', '0'], {
    cwd: folder,
    env: { ...Object.fromEntries(foreign), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.on('exit', () => reject(new Error('The server ended.')));
    child.stdout.on('data', (part) => {
      const found = /Reverie is at (http\S+)/.exec(String(part));
      if (found?.[1] !== undefined) resolve(found[1]);
    });
  });
  const client = createClient({ baseUrl: url, apiKey: rootKey, namespace: 'kill', retries: 0 });
  return { client, child, ended };
}

type Client = Awaited<ReturnType<typeof serve>>['client'];

/** The ids of request `n`, which is the same whenever it is sent. */
async function request(client: Client, n: number): Promise<string[]> {
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
    const { client, child, ended } = await serve();
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
    child.kill('SIGKILL');
    isKilled = true;
    await Promise.all([...writing, ended]);
  }
  const { client, child, ended } = await serve();
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
  child.kill('SIGTERM');
  await ended;
});
