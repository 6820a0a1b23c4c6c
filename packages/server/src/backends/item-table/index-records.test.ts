/** A log that is read while it is written: a query of a table is no snapshot. */
import { expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import type { Change } from '../../ports/records.ts';
import { FakeClock } from '../contract/fixtures.ts';
import { BlobStore } from './blob-store.ts';
import { encodeLog } from './head-codec.ts';
import { ItemIndexRecords } from './index-records.ts';
import { ItemTable, type Query } from './item-table.ts';
import type { Item } from './items.ts';
import { partitionOf } from './keys.ts';
import { NamespaceWriter } from './namespace-writer.ts';

const space = { tenant: 'acme' as TenantId, no: 7 };
const changesFrom = (first: number, count: number): Change[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ seq: first + i, op: 'put', ordinal: first + i, version: 1 },
  }));
const logOf = (first: number, count: number): Item[] =>
  encodeLog(partitionOf(space), changesFrom(first, count));

/** Answers a query by what is found then; the last stays. */
class ScriptedTable extends ItemTable {
  readonly label = 'scripted table';
  readonly timeoutMs = 1_000;
  readonly limits = { writes: 100, bytes: 1_000 };
  readonly asked: Query[] = [];
  readonly #found: Item[][];

  constructor(...found: Item[][]) {
    super();
    this.#found = found;
  }

  async *query(query: Query): AsyncGenerator<Item, void, undefined> {
    this.asked.push(query);
    const items = (this.#found.length > 1 ? this.#found.shift() : this.#found[0]) ?? [];
    for (const item of items) if (String(item.sk) >= (query.from ?? '')) yield item;
  }

  get = () => this.#unasked();
  getAll = () => this.#unasked();
  count = () => this.#unasked();
  put = () => this.#unasked();
  delete = () => this.#unasked();
  add = () => this.#unasked();
  transact = () => this.#unasked();
  writeAll = () => this.#unasked();
  close = () => this.#unasked();

  #unasked(): Promise<never> {
    return Promise.reject(new Error('nobody asks for this here'));
  }
}

function indexOver(table: ItemTable): ItemIndexRecords {
  const blobs = new BlobStore(table, new FakeClock());
  const parts = { table, blobs, writer: new NamespaceWriter(table, blobs) };
  return new ItemIndexRecords(parts, space, 1);
}

test('a change that came behind the back of a query is read with those after it', async () => {
  const whole = [...logOf(1, 2), ...logOf(3, 1), ...logOf(4, 2)];
  const torn = whole.filter((_, i) => i !== 1);
  const table = new ScriptedTable(torn, whole);
  expect(await indexOver(table).changes(0, 100)).toEqual(changesFrom(1, 5));
  // From where it was whole.
  expect(table.asked.map(({ from }) => from?.endsWith('3') ?? false)).toEqual([false, true]);
  const first = new ScriptedTable(whole.slice(1), whole);
  expect(await indexOver(first).changes(1, 3)).toEqual(changesFrom(2, 3));
  expect(await indexOver(new ScriptedTable([])).changes(5, 3)).toEqual([]);
});

test('a change that never comes is told, not passed over', async () => {
  const gap = [...logOf(1, 2), ...logOf(4, 2)];
  const reading = indexOver(new ScriptedTable(gap)).changes(0, 100);
  await expect(reading).rejects.toMatchObject({ code: 'store_damaged' });
  await expect(reading).rejects.toThrow('has no change 3');
  // As far as it is whole.
  expect(await indexOver(new ScriptedTable(gap)).changes(0, 2)).toEqual(changesFrom(1, 2));
});
