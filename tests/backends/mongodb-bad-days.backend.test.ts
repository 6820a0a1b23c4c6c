/**
 * MongoDB on bad days: refused at the start with what to do, 503 later, and nothing lost. The way
 * to it is cut, held and slowed down; MONGODB_RESTART may name a command that ends the server of
 * MONGODB_URL as a power cut would, and starts it again.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  done,
  FakeClock,
  idOf,
  named,
  put,
} from '../../packages/server/src/backends/contract/fixtures.ts';
import type { ItemStore } from '../../packages/server/src/backends/item-table/item-store.ts';
import { encodeItem } from '../../packages/server/src/backends/item-table/items.ts';
import { schemaKey } from '../../packages/server/src/backends/item-table/keys.ts';
import type { TestTable } from '../../packages/server/src/backends/item-table/proofs/test-table.ts';
import {
  type CommandProxy,
  openCommandProxy,
} from '../../packages/server/src/backends/mongodb/proofs/command-proxy.ts';
import {
  makeTestCollection,
  missing,
  smallLimits,
} from '../../packages/server/src/backends/mongodb/test-collection.ts';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { compact, doctor, openApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { MemoryError } from '../../packages/server/src/domain/errors.ts';
import type { TenantId } from '../../packages/server/src/domain/memory.ts';
import { rootKey, send } from '../http/scenario.ts';

const space = named('home');
const clock = new FakeClock();
/** A transaction that a cut has left open holds others off until the server ends it. */
const patientMs = 90_000;
const restart = process.env.MONGODB_RESTART;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const settingsFor = (table: TestTable) =>
  loadSettings({
    ...table.settings,
    REVERIE_ROOT_KEY: rootKey,
    REVERIE_LOG_LEVEL: 'silent',
    REVERIE_MONGODB_TIMEOUT_MS: '4000',
  });

// The reason is in the title.
describe.skipIf(missing)(`bad days of MongoDB${missing ? ` (${missing})` : ''}`, () => {
  let proxy: CommandProxy;
  const opened: ItemStore[] = [];
  const made: TestTable[] = [];

  beforeAll(async () => {
    proxy = await openCommandProxy(process.env.MONGODB_URL ?? '');
  });
  afterAll(async () => {
    for (const store of opened) await store.close();
    await proxy.close();
    for (const table of made) await table.remove();
  });

  const make = (): TestTable => {
    const table = makeTestCollection();
    made.push(table);
    return table;
  };
  /** The same by way of the proxy. */
  const behind = (table: TestTable) => makeTestCollection(proxy.url, table.name, smallLimits);
  const open = async (table: TestTable, timeoutMs = 10_000): Promise<ItemStore> => {
    const store = await table.open(clock, timeoutMs);
    opened.push(store);
    return store;
  };
  const refusal = (table: TestTable) =>
    open(table, 2_000).then(
      () => undefined,
      (error: unknown) => error,
    );

  test('several that open together make the collection once', async () => {
    const table = make();
    const stores = await Promise.all([1, 2, 3].map(() => open(table)));
    for (const [i, store] of stores.entries()) {
      const records = store.records.open('acme' as TenantId);
      expect(done(await records.commit(space, { ops: [put(i)] })).namespace.seq).toBe(i + 1);
    }
  });

  test('what is not ours, newer or not there is refused, with what to do', async () => {
    const table = make();
    const { records } = await open(table);
    done(await records.open('acme' as TenantId).commit(space, { ops: [put(1)] }));
    const bare = await table.openTable();
    await bare.put(encodeItem(schemaKey, { v: 99 }));
    const newer = await refusal(table);
    expect(newer).toMatchObject({ code: 'store_damaged' });
    expect(String(newer)).toContain('has schema 99; this release knows');
    const said = await doctor(settingsFor(table));
    const detail = `collection ${table.name}.items: version 99 of 1`;
    expect(said.checks).toContainEqual({ name: 'schema', ok: false, detail });
    await bare.delete(schemaKey);
    expect(String(await refusal(table))).toContain('items that Reverie did not write');
    expect(await records.status()).toMatchObject({ writable: false });
    await bare.put(encodeItem(schemaKey, { v: 1 }));
    await bare.close();
    const well = await doctor(settingsFor(table));
    expect(well.checks.filter(({ ok }) => !ok)).toEqual([]);
    await expect(compact(settingsFor(table))).rejects.toThrow('are in MongoDB');

    const wrong = new URL(table.endpoint);
    wrong.password = 'wrong';
    const password = await refusal(makeTestCollection(wrong.href));
    expect(password).toMatchObject({ code: 'setting_invalid' });
    expect(String(password)).toMatch(/REVERIE_MONGODB_URL.*refuses the name or the password/);
    const nowhere = await refusal(makeTestCollection('mongodb://127.0.0.1:1'));
    expect(nowhere).toMatchObject({ code: 'store_unavailable' });
  });

  test('ended under load and there again: what was acknowledged is there', {
    timeout: 240_000,
  }, async () => {
    const table = make();
    await (await open(table, patientMs)).close();
    const { records } = await open(behind(table), 2_000);
    const tenant = records.open('loaded' as TenantId);
    const spaces = ['a', 'b', 'c'].map(named);
    const kept: { name: (typeof spaces)[number]; ordinal: number; seq: number }[] = [];
    const faults: unknown[] = [];
    let isOver = false;
    let n = 0;
    const writers = Array.from({ length: 9 }, async (_, i) => {
      const name = spaces[i % 3] ?? space;
      // Every third writer's batches are too large for one transaction.
      const size = i < 3 ? 60 : 1;
      while (!isOver) {
        const ops = Array.from({ length: size }, () => put(++n));
        try {
          const { applied } = done(await tenant.commit(name, { ops }));
          kept.push(...applied.map((each) => ({ name, ...each })));
        } catch (error) {
          if (MemoryError.isInstance(error)) faults.push(error);
          await wait(20);
        }
      }
    });
    while (kept.length < 200) await wait(50);
    proxy.cut();
    if (restart) await promisify(execFile)('sh', ['-c', restart]);
    await wait(2_500);
    const before = kept.length;
    expect((await records.status()).writable).toBe(false);
    proxy.mend();
    while (kept.length < before + 200) await wait(50);
    isOver = true;
    await Promise.all(writers);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toMatchObject({ code: 'store_unavailable' });
    const reading = (await open(table, patientMs)).records.open('loaded' as TenantId);
    for (const name of spaces) {
      const info = await reading.namespace(name);
      const changes = await reading.index(info?.no ?? 0, 1).changes(0, 100_000);
      expect(changes).toHaveLength(info?.seq ?? -1);
      expect(changes.map(({ seq }) => seq)).toEqual(changes.map((_, i) => i + 1));
      const stored = new Set(changes.map(({ seq, ordinal }) => `${seq} ${ordinal}`));
      const mine = kept.filter((one) => one.name === name);
      expect(mine.filter(({ seq, ordinal }) => !stored.has(`${seq} ${ordinal}`))).toEqual([]);
      const ordinals = mine.map(({ ordinal }) => ordinal);
      expect(await reading.byOrdinal(info?.no ?? 0, ordinals)).toHaveLength(mine.length);
    }
  });

  test('one that stands still is given up in time, and used again when it goes on', async () => {
    const table = make();
    await (await open(table, patientMs)).close();
    const { records } = await open(behind(table), 1_500);
    const tenant = records.open('paused' as TenantId);
    done(await tenant.commit(space, { ops: [put(1)] }));
    proxy.hold();
    const startedAt = performance.now();
    const [read, write] = await Promise.allSettled([
      tenant.namespace(space),
      tenant.commit(space, { ops: [put(2)] }),
    ]);
    const tookMs = performance.now() - startedAt;
    proxy.mend();
    expect(write).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } });
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } });
    expect(tookMs).toBeLessThan(5_000);
    const again = done(await tenant.commit(space, { ops: [put(3)] }));
    expect([2, 3]).toContain(again.namespace.seq);
  });

  test('one that is slow is waited for up to the limit, and nothing is done twice', async () => {
    const table = make();
    await (await open(table, patientMs)).close();
    const patient = (await open(behind(table), 20_000)).records.open('slow' as TenantId);
    const hasty = (await open(behind(table), 700)).records.open('slow' as TenantId);
    done(await patient.commit(space, { ops: [put(1)] }));
    // Less than a transaction may last, in all that it asks for.
    proxy.watch(() => wait(400));
    const numbers = Array.from({ length: 6 }, (_, i) => i + 2);
    const [late, given] = await Promise.all([
      Promise.all(numbers.map((n) => patient.commit(space, { ops: [put(n)] }))),
      Promise.allSettled([hasty.commit(named('other'), { ops: [put(1)] })]),
    ]);
    expect(late.map(({ ok }) => ok)).toEqual(numbers.map(() => true));
    expect(given[0]).toMatchObject({ reason: { code: 'store_unavailable' } });
    proxy.watch(() => {});
    expect(await hasty.namespace(space)).toMatchObject({ seq: 7, memories: 7 });
    // What was given up may have been done all the same; it is not there twice.
    const again = await patient.commit(named('other'), { ops: [put(1)] });
    expect(await hasty.namespace(named('other'))).toMatchObject({ memories: 1 });
    expect(again.ok || (await hasty.byId([idOf(1)])).length === 2).toBe(true);
  });

  test('over HTTP: 503 with a reason while it is gone, and no start is needed after', async () => {
    const table = make();
    const app: RunningApp = await openApp(settingsFor(behind(table)));
    const store = (value: string) =>
      send(app, { path: '/v1/memory-set', body: { value, namespace: 'n' } });
    const first = await store('The kettle is in the blue cupboard.');
    expect(first.response.status, first.text).toBe(200);
    proxy.cut();
    const gone = await store('The kettle has moved.');
    expect(gone.response.status).toBe(503);
    expect(gone.json().error).toMatchObject({ code: 'store_unavailable' });
    expect(gone.text).toContain('MongoDB does not answer');
    const ready = await send(app, { path: '/health/ready' });
    expect(ready.response.status).toBe(503);
    proxy.mend();
    const back = await store('The kettle is in the red cupboard.');
    expect(back.response.status, back.text).toBe(200);
    const search = await send(app, {
      path: '/v1/memory/search',
      body: { query: 'Where is the kettle?', namespace: 'n' },
    });
    expect(search.text).toContain('blue cupboard');
    expect(search.text).toContain('red cupboard');
    await app.close();
  });
});
