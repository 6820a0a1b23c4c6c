/** Large namespaces are searched in a worker thread, and answers stay the same: for any records. */
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { rootKey, send } from '../http/scenario.ts';
import { manyMemories, manyQuestions } from './many-memories.ts';

const namespace = 'large';
/** As few as a namespace that counts as large may have, and some. */
const all = manyMemories(1_300);

/** Every search worker of this file, the newest last. */
export const workers: Worker[] = [];
process.on('worker', (worker) => workers.push(worker));

export interface WorkerStore {
  /** Of a server on it. */
  readonly settings: Readonly<Record<string, string>>;
  remove(): Promise<unknown>;
}

export const openOn = (
  { settings }: Pick<WorkerStore, 'settings'>,
  searchWorkers = 1,
): Promise<RunningApp> =>
  openApp(
    loadSettings({
      REVERIE_LARGE_NAMESPACE: '1000',
      REVERIE_SEARCH_WORKERS: String(searchWorkers),
      REVERIE_ROOT_KEY: rootKey,
      REVERIE_LOG_LEVEL: 'silent',
      ...settings,
    }),
  );

export async function fill(app: RunningApp): Promise<void> {
  for (let start = 0; start < all.length; start += 650) {
    const items = all.slice(start, start + 650).map((each) => ({ ...each, namespace }));
    const { response, text } = await send(app, { path: '/v1/memory/bulk', body: { items } });
    expect(response.status, text).toBe(200);
  }
}

export async function set(app: RunningApp, value: string): Promise<string> {
  const stored = await send(app, { path: '/v1/memory-set', body: { value, namespace } });
  expect(stored.response.status, stored.text).toBe(200);
  return stored.json().memory.id;
}

export const ask = (app: RunningApp, query: string, more: object = {}) =>
  send(app, { path: '/v1/memory/search', body: { query, namespace, limit: 10, ...more } });

export async function found(app: RunningApp, query: string, more: object = {}) {
  const { response, text, json } = await ask(app, query, more);
  expect(response.status, text).toBe(200);
  type Hit = { id: string; value: string; score: number; signals: object };
  const results: Hit[] = json().results;
  return results.map(({ id, value, score, signals }) => ({ id, value, score, signals }));
}

/** `missing`: why there is no such store here. */
export function runSearchWorkers(
  name: string,
  missing: string | undefined,
  make: () => Promise<WorkerStore>,
): void {
  describe.skipIf(missing)(`search workers over ${name}${missing ? ` (${missing})` : ''}`, () => {
    let store: WorkerStore;
    let here: RunningApp;
    let there: RunningApp;

    beforeAll(async () => {
      store = await make();
      here = await openOn(store, 0);
      there = await openOn(store, 1);
      await fill(here);
    });
    afterAll(async () => {
      await here?.close();
      await there?.close();
      await store?.remove();
    });

    test('a worker ranks and scores as the main thread does', async () => {
      const before = workers.length;
      for (const query of manyQuestions.slice(0, 48)) {
        const right = await found(here, query);
        expect(right.length).toBeGreaterThan(0);
        expect(workers.length).toBe(before + Number(query !== manyQuestions[0]));
        expect(await found(there, query), query).toEqual(right);
      }
      for (const query of manyQuestions.slice(0, 12)) {
        const rare = { tags: ['rare'] };
        expect(await found(there, query, rare), query).toEqual(await found(here, query, rare));
      }
    });

    test('what the other server stores, changes and forgets is in the next search', async () => {
      for (let i = 0; i < 10; i += 1) {
        const [writer, reader] = i % 2 === 0 ? [here, there] : [there, here];
        const id = await set(writer, `Nadia hid passport ${i} behind the green clock.`);
        const query = `Where is the passport ${i} of Nadia?`;
        expect((await found(reader, query)).map((hit) => hit.id)).toContain(id);
        const path = `/v1/memory/${id}`;
        const value = `Quentin restores telescope ${i} in a lighthouse.`;
        const changed = await send(writer, { method: 'PATCH', path, body: { value } });
        expect(changed.response.status, changed.text).toBe(200);
        const after = await found(reader, `Who restores telescope ${i}?`);
        expect(after.find((hit) => hit.id === id)?.value).toBe(value);
        const forgotten = await send(writer, { method: 'DELETE', path });
        expect(forgotten.response.status, forgotten.text).toBe(200);
        const left = await found(reader, `Who restores telescope ${i}?`);
        expect(left.map((hit) => hit.id)).not.toContain(id);
      }
    });

    test('a worker that dies is replaced, and its questions are answered', async () => {
      const query = 'Who keeps bees on the roof?';
      const right = await found(here, query);
      const worker = workers.at(-1);
      const asked = Array.from({ length: 8 }, () => found(there, query));
      await worker?.terminate();
      asked.push(found(there, query));
      for (const each of await Promise.all(asked)) expect(each).toEqual(right);
      expect(workers.at(-1)).not.toBe(worker);
    });
  });
}
