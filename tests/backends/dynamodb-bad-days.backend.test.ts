/** DynamoDB on bad days: refused at the start with what to do, 503 later, and nothing lost. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  done,
  FakeClock,
  idOf,
  named,
  put,
} from '../../packages/server/src/backends/contract/fixtures.ts';
import { toAttributes } from '../../packages/server/src/backends/dynamodb/attribute-values.ts';
import { makeClient } from '../../packages/server/src/backends/dynamodb/dynamo-store.ts';
import { loadSdk } from '../../packages/server/src/backends/dynamodb/load-sdk.ts';
import {
  type CountingProxy,
  openCountingProxy,
} from '../../packages/server/src/backends/dynamodb/proofs/counting-proxy.ts';
import {
  type DynamoTestTable,
  makeTestTable,
} from '../../packages/server/src/backends/dynamodb/test-table.ts';
import type { ItemStore } from '../../packages/server/src/backends/item-table/item-store.ts';
import { encodeItem } from '../../packages/server/src/backends/item-table/items.ts';
import { schemaKey } from '../../packages/server/src/backends/item-table/keys.ts';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { compact, doctor, openApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { MemoryError } from '../../packages/server/src/domain/errors.ts';
import type { TenantId } from '../../packages/server/src/domain/memory.ts';
import { rootKey, send } from '../http/scenario.ts';
import { type DynamoServer, findDynamo, startDynamo } from './dynamodb-server.ts';

const asked = process.env.REVERIE_TEST_BACKEND;
const isAsked = asked === undefined || asked === 'dynamodb';
const found = isAsked ? findDynamo() : { reason: 'another backend is asked for' };
const missing = 'reason' in found ? found.reason : undefined;
const space = named('home');
const clock = new FakeClock();

const settingsFor = (table: DynamoTestTable) =>
  loadSettings({
    ...table.settings,
    REVERIE_ROOT_KEY: rootKey,
    REVERIE_LOG_LEVEL: 'silent',
    REVERIE_DYNAMODB_TIMEOUT_MS: '4000',
  });

// The reason is in the title.
describe.skipIf(missing)(`bad days of DynamoDB${missing ? ` (${missing})` : ''}`, () => {
  let server: DynamoServer;
  const opened: ItemStore[] = [];

  beforeAll(async () => {
    server = await startDynamo();
  });
  afterAll(async () => {
    for (const store of opened) await store.close();
    await server.stop();
  });

  const open = async (table: DynamoTestTable, timeoutMs = 10_000): Promise<ItemStore> => {
    const store = await table.open(clock, timeoutMs);
    opened.push(store);
    return store;
  };
  const refusal = (table: DynamoTestTable) =>
    open(table, 2_000).then(
      () => undefined,
      (error: unknown) => error,
    );

  test('several that open together make the table once', async () => {
    const table = makeTestTable(server.url);
    const stores = await Promise.all([1, 2, 3].map(() => open(table)));
    for (const [i, store] of stores.entries()) {
      const records = store.records.open('acme' as TenantId);
      expect(done(await records.commit(space, { ops: [put(i)] })).namespace.seq).toBe(i + 1);
    }
  });

  test('what is not ours, newer or not there is refused, with what to do', async () => {
    const sdk = await loadSdk();
    const table = makeTestTable(server.url);
    const client = makeClient(sdk, { table: table.name, endpoint: table.endpoint, timeoutMs: 9e3 });
    const theirs = makeTestTable(server.url);
    await client.send(
      new sdk.CreateTableCommand({
        TableName: theirs.name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    const keys = await refusal(theirs);
    expect(keys).toMatchObject({ code: 'setting_invalid' });
    expect(String(keys)).toMatch(/REVERIE_DYNAMODB_TABLE.*other keys/);

    const { records } = await open(table);
    await records.open('acme' as TenantId).commit(space, { ops: [put(1)] });
    const schema = (values: { v: number }) =>
      client.send(
        new sdk.PutItemCommand({
          TableName: table.name,
          Item: toAttributes(encodeItem(schemaKey, values)),
        }),
      );
    await schema({ v: 99 });
    const newer = await refusal(table);
    expect(newer).toMatchObject({ code: 'store_damaged' });
    expect(String(newer)).toContain('has schema 99; this release knows');
    const said = await doctor(settingsFor(table));
    expect(said.checks).toContainEqual({
      ...{ name: 'schema', ok: false, detail: 'version 99 of 1' },
    });
    const Key = { pk: { S: schemaKey.pk }, sk: { S: schemaKey.sk } };
    await client.send(new sdk.DeleteItemCommand({ TableName: table.name, Key }));
    expect(String(await refusal(table))).toContain('items that Reverie did not write');
    expect(await records.status()).toMatchObject({ writable: false });
    await schema({ v: 1 });
    const well = await doctor(settingsFor(table));
    expect(well.checks.filter(({ ok }) => !ok)).toEqual([]);
    await expect(compact(settingsFor(table))).rejects.toThrow('are in DynamoDB');

    await client.send(new sdk.DeleteTableCommand({ TableName: table.name }));
    const gone = records.open('acme' as TenantId).commit(space, { ops: [put(2)] });
    await expect(gone).rejects.toMatchObject({ code: 'store_damaged' });
    const nowhere = await refusal(makeTestTable('http://127.0.0.1:1'));
    expect(nowhere).toMatchObject({ code: 'store_unavailable' });
    client.destroy();
  });

  test('killed under load and started again: what was acknowledged is there', async () => {
    const table = makeTestTable(server.url);
    const { records } = await open(table, 2_000);
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
          await table.settle();
          kept.push(...applied.map((each) => ({ name, ...each })));
        } catch (error) {
          if (MemoryError.isInstance(error)) faults.push(error);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    });
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    while (kept.length < 200) await wait(50);
    await server.kill();
    await wait(200);
    const before = kept.length;
    expect((await records.status()).writable).toBe(false);
    await server.start();
    while (kept.length < before + 200) await wait(50);
    isOver = true;
    await Promise.all(writers);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toMatchObject({ code: 'store_unavailable' });
    for (const name of spaces) {
      const info = await tenant.namespace(name);
      const changes = await tenant.index(info?.no ?? 0, 1).changes(0, 100_000);
      expect(changes).toHaveLength(info?.seq ?? -1);
      expect(changes.map(({ seq }) => seq)).toEqual(changes.map((_, i) => i + 1));
      const stored = new Set(changes.map(({ seq, ordinal }) => `${seq} ${ordinal}`));
      const mine = kept.filter((one) => one.name === name);
      expect(mine.filter(({ seq, ordinal }) => !stored.has(`${seq} ${ordinal}`))).toEqual([]);
      const rows = await tenant.byOrdinal(
        info?.no ?? 0,
        mine.map(({ ordinal }) => ordinal),
      );
      expect(rows).toHaveLength(mine.length);
    }
  });

  test('one that stands still is given up in time, and used again when it goes on', async () => {
    const { records } = await open(makeTestTable(server.url), 1_500);
    const tenant = records.open('paused' as TenantId);
    done(await tenant.commit(space, { ops: [put(1)] }));
    server.pause();
    const startedAt = performance.now();
    const [read, write] = await Promise.allSettled([
      tenant.namespace(space),
      tenant.commit(space, { ops: [put(2)] }),
    ]);
    const tookMs = performance.now() - startedAt;
    server.resume();
    expect(write).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } });
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } });
    expect(tookMs).toBeLessThan(10_000);
    const again = done(await tenant.commit(space, { ops: [put(3)] }));
    expect([2, 3]).toContain(again.namespace.seq);
  });

  test('one that is slow is waited for up to the limit, and nothing is done twice', async () => {
    const proxy: CountingProxy = await openCountingProxy(server.url);
    const table = makeTestTable(server.url);
    await (await open(table)).close();
    const slow = makeTestTable(proxy.url, table.name);
    const patient = (await open(slow, 20_000)).records.open('slow' as TenantId);
    const hasty = (await open(slow, 700)).records.open('slow' as TenantId);
    done(await patient.commit(space, { ops: [put(1)] }));
    proxy.watch(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
    const numbers = Array.from({ length: 6 }, (_, i) => i + 2);
    const [late, given] = await Promise.all([
      Promise.all(numbers.map((n) => patient.commit(space, { ops: [put(n)] }))),
      Promise.allSettled([hasty.commit(named('other'), { ops: [put(1)] })]),
    ]);
    expect(late.map(({ ok }) => ok)).toEqual(numbers.map(() => true));
    expect(given[0]).toMatchObject({ reason: { code: 'store_unavailable' } });
    proxy.watch(() => {});
    const info = await hasty.namespace(space);
    expect(info).toMatchObject({ seq: 7, memories: 7 });
    // What was given up may have been done all the same; it is not there twice.
    const again = await hasty.commit(named('other'), { ops: [put(1)] });
    expect(await hasty.namespace(named('other'))).toMatchObject({ memories: 1 });
    expect(again.ok || (await hasty.byId([idOf(1)])).length === 2).toBe(true);
    await proxy.close();
  });

  test('over HTTP: 503 with a reason while it is gone, and no start is needed after', async () => {
    const table = makeTestTable(server.url);
    const app: RunningApp = await openApp(settingsFor(table));
    const store = (value: string) =>
      send(app, { path: '/v1/memory-set', body: { value, namespace: 'n' } });
    const first = await store('The kettle is in the blue cupboard.');
    expect(first.response.status, first.text).toBe(200);
    await table.settle();
    await server.kill();
    const gone = await store('The kettle has moved.');
    expect(gone.response.status).toBe(503);
    expect(gone.json().error).toMatchObject({ code: 'store_unavailable' });
    expect(gone.text).toContain('DynamoDB does not answer');
    const ready = await send(app, { path: '/health/ready' });
    expect(ready.response.status).toBe(503);
    await server.start();
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
