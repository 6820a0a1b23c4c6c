/**
 * What reads and writes cost in units of capacity: the numbers of docs/guides/dynamodb.md. Writes
 * are summed up from the sizes of the items, as AWS bills them: DynamoDB Local does not count those
 * of a transaction, nor reads of what is not there.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  done,
  FakeClock,
  keyOf,
  named,
  put,
} from '../../packages/server/src/backends/contract/fixtures.ts';
import {
  type CountingProxy,
  type Exchange,
  openCountingProxy,
} from '../../packages/server/src/backends/dynamodb/proofs/counting-proxy.ts';
import { makeTestTable, missing } from '../../packages/server/src/backends/dynamodb/test-table.ts';
import type { ItemStore } from '../../packages/server/src/backends/item-table/item-store.ts';
import {
  bytesOf,
  itemFromJson,
  type JsonItem,
} from '../../packages/server/src/backends/item-table/items.ts';
import type { TestTable } from '../../packages/server/src/backends/item-table/proofs/test-table.ts';
import { openApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import type { TenantId } from '../../packages/server/src/domain/memory.ts';
import type { PutOp } from '../../packages/server/src/ports/records.ts';
import { rootKey, send } from '../http/scenario.ts';

const space = named('home');

/** As a turn of a conversation comes out of the engine: 1.3 KB in all. */
function turn(n: number, columns: Parameters<typeof put>[1] = {}): PutOp {
  // Bytes that no journal makes smaller by zipping.
  const vectors = [{ generation: 1, vectors: randomBytes(260) }];
  return { ...put(n, columns), body: randomBytes(400), analysis: randomBytes(300), vectors };
}

// The reason is in the title.
describe.skipIf(missing)(`costs${missing ? ` (${missing})` : ''}`, () => {
  let table: TestTable;
  let proxy: CountingProxy;
  let store: ItemStore;
  let used = { read: 0, write: 0 };
  const found: Record<string, typeof used> = {};

  beforeAll(async () => {
    table = makeTestTable();
    await (await table.open(new FakeClock())).close();
    proxy = await openCountingProxy(table.endpoint);
    proxy.listen((exchange) => {
      const { read, write } = unitsOf(exchange);
      used = { read: used.read + read, write: used.write + write };
    });
    store = await makeTestTable(proxy.url, table.name).open(new FakeClock());
    const ops = Array.from({ length: 20 }, (_, i) => turn(i + 1, { keyHash: keyOf(1) }));
    done(await own().commit(space, { generation: 1, ops }));
  });
  afterAll(async () => {
    if (process.env.REVERIE_TEST_COSTS) console.table(found);
    await store.close();
    await proxy.close();
    await table.remove();
  });

  const own = () => store.records.open('acme' as TenantId);
  async function cost(name: string, work: () => Promise<unknown>): Promise<typeof used> {
    used = { read: 0, write: 0 };
    await work();
    found[name] = used;
    return used;
  }
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => turn(from + i));

  test('of a store', async () => {
    const plain = await cost('store', () => own().commit(space, { ops: [turn(100)] }));
    // Head and id; row, id, log and head, each of them twice.
    expect(plain).toEqual({ read: 2, write: 10 });
    const turned = await cost('store a turn under a key', () =>
      own().commit(space, { ops: [turn(101, { keyHash: keyOf(1) })] }),
    );
    expect(turned).toEqual({ read: 3, write: 14 });
    const none = [{ keyHash: keyOf(2), fact: null }];
    const fact = turn(102, { keyHash: keyOf(2), kind: 'fact' });
    const first = await cost('store a fact', () =>
      own().commit(space, { ops: [fact], expect: none }),
    );
    expect(first).toEqual({ read: 3, write: 16 });
    const erased = await cost('forget', () =>
      own().commit(space, { ops: [{ op: 'erase', ordinal: 21, expectedVersion: 1 }] }),
    );
    expect(erased.write).toBeLessThanOrEqual(10);
  });

  test('of many at once', async () => {
    const together = await cost('16 stores at once', () =>
      Promise.all(many(200, 16).map((op) => own().commit(space, { ops: [op] }))),
    );
    // They share head and log.
    expect(together.write / 16).toBeLessThan(8);
    const some = await cost('bulk of 40', () => own().commit(space, { ops: many(300, 40) }));
    expect(some.write / 40).toBeLessThan(7);
    // With a journal of what is to be done.
    const more = await cost('bulk of 1,000', () =>
      own().commit(space, { ops: many(1_000, 1_000) }),
    );
    expect(more.write / 1_000).toBeLessThan(8);
  });

  test('of reads', async () => {
    const { no = 0 } = (await own().namespace(space)) ?? {};
    const ordinals = Array.from({ length: 10 }, (_, i) => i + 1);
    const search = await cost('search with 10 results', async () => {
      await own().index(no, 1).state();
      await own().byOrdinal(no, ordinals);
    });
    expect(search).toEqual({ read: 12, write: 0 });
    const key = await cost('get by key', () => own().byKey(no, keyOf(1), 0));
    expect(key.read).toBeLessThanOrEqual(8);
    const [row] = await own().byOrdinal(no, [1]);
    const ids = row ? [row.id] : [];
    const id = await cost('get by id', () => own().byId(ids, no));
    expect(id).toEqual({ read: 3, write: 0 });
    const list = await cost('list of 50', () => own().page(no, { order: 'desc', limit: 50 }, 0));
    expect(list.read).toBeLessThanOrEqual(25);
  });

  test('of requests over HTTP, with all that a server does for them', async () => {
    const { settings } = makeTestTable(proxy.url, table.name);
    const own = { REVERIE_ROOT_KEY: rootKey, REVERIE_LOG_LEVEL: 'silent' };
    const app = await openApp(loadSettings({ ...settings, ...own }));
    const call = async (method: string, path: string, body?: object) => {
      const { response, json } = await send(app, { method, path, ...(body && { body }) });
      expect(response.status).toBe(200);
      return json();
    };
    const store = (value: string, key?: string) =>
      call('POST', '/v1/memory-set', { namespace: 'ann', value, ...(key && { key }) });
    const names = ['Lisbon', 'Porto', 'Faro', 'Braga', 'Evora', 'Sintra', 'Tomar', 'Viseu'];
    for (const [i, name] of names.entries()) await store(`In ${name} it rained for ${i} days.`);
    await store('The tea is green.', 'tea');
    const plain = await cost('HTTP: store', () => store('In Coimbra it rained all week.'));
    expect(plain.write).toBeLessThanOrEqual(16);
    await cost('HTTP: replace a fact', () => store('The tea is black.', 'tea'));
    const query = { namespace: 'ann', query: 'Where did it rain?', limit: 10 };
    const search = await cost('HTTP: search', () => call('POST', '/v1/memory/search', query));
    expect(search.read).toBeLessThanOrEqual(30);
    const { results } = await call('POST', '/v1/memory/search', query);
    await cost('HTTP: get', () => call('GET', `/v1/memory/${results[0].id}?namespace=ann`));
    await cost('HTTP: forget', () =>
      call('POST', '/v1/forget', { namespace: 'ann', memory_id: results[0].id }),
    );
    const items = Array.from({ length: 200 }, (_, i) => ({ value: `Note ${i} of the box.` }));
    await cost('HTTP: bulk of 200', () =>
      call('POST', '/v1/memory/bulk', { namespace: 'ann', items }),
    );
    await app.close();
  });

  test('of an image of the index', async () => {
    const { no = 0, epoch = 0, seq = 0 } = (await own().namespace(space)) ?? {};
    const bytes = (size: number) => new Uint8Array(size * 1024).fill(1);
    const blobs = { columns: bytes(40), postings: bytes(200), matrix: bytes(260) };
    const segment = { no: 1, ordinalMin: 1, ordinalMax: 1_000, ...blobs };
    const image = { epoch, seq, manifest: bytes(4), put: [segment], putColumns: [], remove: [] };
    const saved = await cost('image of 500 KB', () => own().index(no, 1).save(image));
    expect(saved.write).toBeLessThan(530);
    const read = await cost('read of it', () => own().index(no, 1).segment(1));
    expect(read.read).toBeLessThan(135);
  });
});

/** As AWS bills them: a write by the KB, and twice in a transaction. */
function unitsOf({ operation, request, answer }: Exchange): { read: number; write: number } {
  const writes = (items: (JsonItem | undefined)[], times: number) => ({
    read: 0,
    write: items.reduce((sum, item) => sum + times * (item ? kilobytesOf(item) : 1), 0),
  });
  if (operation === 'TransactWriteItems') {
    const items = request.TransactItems as { Put?: { Item: JsonItem } }[];
    return writes(
      items.map(({ Put: one }) => one?.Item),
      2,
    );
  }
  if (operation === 'BatchWriteItem') {
    const tables = Object.values(request.RequestItems as Record<string, object[]>);
    const items = tables.flat() as { PutRequest?: { Item: JsonItem } }[];
    return writes(
      items.map(({ PutRequest: one }) => one?.Item),
      1,
    );
  }
  if (operation === 'PutItem') return writes([request.Item as JsonItem], 1);
  if (operation === 'DeleteItem' || operation === 'UpdateItem') return { read: 0, write: 1 };
  const units = [answer.ConsumedCapacity].flat() as { CapacityUnits?: number }[];
  const read = units.reduce((sum, one) => sum + (one?.CapacityUnits ?? 0), 0);
  return { read: read + missingIn({ operation, request, answer }), write: 0 };
}

const kilobytesOf = (item: JsonItem): number => Math.ceil(bytesOf(itemFromJson(item)) / 1024);

/** A read of what is not there costs as much as one of 4 KB. */
function missingIn({ operation, request, answer }: Exchange): number {
  if (operation !== 'BatchGetItem') return 0;
  const asked = Object.values(request.RequestItems as Record<string, { Keys: unknown[] }>);
  const got = Object.values(answer.Responses as Record<string, unknown[]>).flat();
  return asked.flatMap(({ Keys: keys }) => keys).length - got.length;
}
