/** A system for vectors that the store leaves: receipts wait until it was emptied, and say so. */
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  compact,
  dropVectors,
  openApp,
  type RunningApp,
} from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { rootKey, send } from '../http/scenario.ts';
import { manyMemories } from './many-memories.ts';

export interface LeftSystem {
  /** Why there is no server to test against. */
  readonly missing: string | undefined;
  /** Settings of a place of its own in it, and how that is cleared. */
  open(): Promise<{ readonly env: Record<string, string>; remove(): Promise<void> }>;
  /** What receipts call it. */
  readonly words: RegExp;
}

const namespace = 'large';
const count = 1_010;
const soon = { timeout: 60_000, interval: 100 };

export function runLeftRules(name: string, { missing, open, words }: LeftSystem): void {
  // The reason is in the title.
  describe.skipIf(missing)(`leaving ${name}${missing ? ` (${missing})` : ''}`, () => {
    test('what is forgotten after it was left is erased when it was emptied', async () => {
      const system = await open();
      const folder = await mkdtemp(join(tmpdir(), 'reverie-left-'));
      try {
        await leave(new Store(folder, system.env), words);
      } finally {
        await rm(folder, { recursive: true, force: true });
        await system.remove();
      }
    });
  });
}

async function leave(store: Store, words: RegExp): Promise<void> {
  await store.during('there', storeMany);
  const copy = await store.copy();
  await store.during('there', (app) => isThere(app));
  // Both would write over each other's vectors.
  const refused = openApp(copy.settings('there'));
  await expect(refused).rejects.toMatchObject({ code: 'setting_invalid' });
  await expect(refused).rejects.toThrow(/a copy of this store/);
  // From here on everything is searched in memory.
  await store.during('here', async (app) => {
    const receipt = await forgetOne(app);
    const [left] = receipt.out_of_reach.filter(({ what }) => what === 'vectors');
    expect(receipt.state).toBe('hidden');
    expect(left?.note).toMatch(words);
  });
  const kept = await compact(store.settings('here'));
  expect(kept).toMatchObject({ erased: 0, keptIn: [expect.stringMatching(words)] });
  const dropped = await dropVectors(store.settings('there'));
  expect(dropped).toMatchObject({ wasEmpty: false, places: 1 });
  expect(dropped.system).toMatch(words);
  expect(await compact(store.settings('here'))).toMatchObject({ erased: 1, keptIn: [] });
  const again = await dropVectors(store.settings('there'));
  expect(again).toMatchObject({ wasEmpty: true, places: 0 });
  // It may be used again, and then receipts wait for it as ever.
  await store.during('there', async (app) => {
    await isThere(app);
    const receipt = await forgetOne(app);
    expect(receipt.out_of_reach.filter(({ what }) => what === 'vectors')).toEqual([]);
    await isThere(app);
  });
  expect(await compact(store.settings('there'))).toMatchObject({ erased: 1, keptIn: [] });
}

class Store {
  readonly #folder: string;
  readonly #env: Record<string, string>;

  constructor(folder: string, env: Record<string, string>) {
    this.#folder = folder;
    this.#env = env;
  }

  /** As it is now, in a folder inside of it. */
  async copy(): Promise<Store> {
    const beside = `${this.#folder}-copy`;
    await cp(this.#folder, beside, { recursive: true });
    const folder = join(this.#folder, 'copy');
    await rename(beside, folder);
    return new Store(folder, this.#env);
  }

  settings(vectors: 'there' | 'here') {
    return loadSettings({
      REVERIE_ROOT_KEY: rootKey,
      REVERIE_LOG_LEVEL: 'silent',
      REVERIE_DATA_DIR: this.#folder,
      ...(vectors === 'there' && { ...this.#env, REVERIE_VECTORS_FROM: '1000' }),
    });
  }

  async during(
    vectors: 'there' | 'here',
    work: (app: RunningApp) => Promise<unknown>,
  ): Promise<void> {
    const app = await openApp(this.settings(vectors));
    try {
      await work(app);
    } finally {
      await app.close();
    }
  }
}

async function storeMany(app: RunningApp): Promise<void> {
  const items = manyMemories(count).map((each) => ({ ...each, namespace }));
  for (let start = 0; start < count; start += 505) {
    const body = { items: items.slice(start, start + 505) };
    const { response, text } = await send(app, { path: '/v1/memory/bulk', body });
    expect(response.status, text).toBe(200);
  }
}

async function isThere(app: RunningApp): Promise<void> {
  const whole = { status: 'ok', filling: 0, behind: 0, namespaces: 1 };
  const check = async () => (await send(app, { path: '/health/ready' })).json().checks.vectors;
  await vi.waitFor(async () => expect(await check()).toMatchObject(whole), soon);
}

interface Receipt {
  readonly state: string;
  readonly out_of_reach: readonly { readonly what: string; readonly note: string }[];
}

/** The receipt as it is read again. */
async function forgetOne(app: RunningApp): Promise<Receipt> {
  const search = { path: '/v1/memory/search', body: { query: 'bees', namespace, limit: 1 } };
  const [found] = (await send(app, search)).json().results;
  const forget = { path: '/v1/forget', body: { memory_id: found.id, namespace } };
  const { id } = (await send(app, forget)).json().receipt;
  return (await send(app, { path: `/v1/forget/${id}` })).json().receipt;
}
