/** Proof: a move of a store over a table of items keeps the contract, and all that is derived. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TenantId } from '../../../domain/memory.ts';
import {
  type StorePart,
  type StoreTransfer,
  storeParts,
  transferMarkKey,
} from '../../../ports/transfer.ts';
import {
  bytes,
  done,
  erase,
  FakeClock,
  keyOf,
  named,
  type OpenStore,
  patch,
  put,
} from '../../contract/fixtures.ts';
import { runTransferContract, type TransferBackend } from '../../contract/transfer-contract.ts';
import { documentKey } from '../document-draft.ts';
import { encodeItem, type Item } from '../items.ts';
import {
  outgoingKey,
  partitionOf,
  registryPartition,
  sortKeys,
  tallyPartition,
  tenantPartition,
} from '../keys.ts';
import type { Signs } from '../transfer-hold.ts';
import { type System, type TestTable, titleOf } from './test-table.ts';

export interface TransferSystem extends Pick<System, 'name' | 'missing' | 'makeTable'> {
  /** Empty places of another backend. */
  readonly other: TransferBackend;
  openTransfer(table: TestTable, role: 'source' | 'target', signs: Signs): Promise<StoreTransfer>;
}

const signs = { prefix: 'signs/', silentMs: 500 };
const clock = new FakeClock();
const tenant = 'acme' as TenantId;
const runs = Number(process.env.REVERIE_TEST_RUNS ?? 6);

export function runTransferRules(system: TransferSystem): void {
  const places: TransferBackend = {
    name: system.name,
    make: async () => {
      const table = await madeTable(system);
      return {
        open: (given) => table.open(given),
        transfer: (role) => system.openTransfer(table, role, signs),
        remove: () => table.remove(),
      };
    },
  };
  describe.skipIf(system.missing)(titleOf('a store that is moved', system), () => {
    runTransferContract(places, system.other, runs);
    runTransferContract(system.other, places, runs);
    runTransferContract(places, places, runs);
    proveDerived(system);
    proveHold(system);
    proveMark(system);
  });
}

function proveDerived(system: TransferSystem): void {
  test('all that is derived is the same, though every page comes twice', async () => {
    const [one, two] = [await madeTable(system), await madeTable(system)];
    await withStore(one, fill);
    const source = await system.openTransfer(one, 'source', signs);
    const target = await system.openTransfer(two, 'target', signs);
    await moveTwice(source, target);
    await source.close();
    await target.close();
    const found = await itemsOf(two);
    expect(found).toEqual(await itemsOf(one));
    expect(found.length).toBeGreaterThan(150);
    // Bytes that lie apart go with their rows: nothing is left that nobody names.
    await withStore(two, eraseAll);
    expect((await two.items()).filter(({ pk }) => pk.startsWith('b#'))).toEqual([]);
    await one.remove();
    await two.remove();
  });
}

function proveHold(system: TransferSystem): void {
  let one: TestTable;
  beforeEach(async () => {
    one = await madeTable(system);
  });
  afterEach(() => one.remove());
  const open = (role: 'source' | 'target') => system.openTransfer(one, role, signs);

  test('no server starts on a source, and none works on it', async () => {
    const source = await open('source');
    await expect(one.open(clock)).rejects.toMatchObject({
      ...{ code: 'store_unavailable', message: expect.stringContaining('reverie migrate') },
    });
    // A second move reads the same.
    await (await open('source')).close();
    await source.close();
    await withStore(one, async ({ control }) => {
      // One that was killed has left its sign; one that is alive renews it.
      await control.putIfVersion('signs/dead', '{}', 0);
      await (await open('source')).close();
      let isAlive = true;
      const beating = (async () => {
        for (let version = 0; isAlive; version++) {
          await control.putIfVersion('signs/alive', '{}', version);
        }
      })();
      await expect(open('source')).rejects.toMatchObject({
        ...{ code: 'migration_refused', message: expect.stringContaining('a server works') },
      });
      isAlive = false;
      await beating;
    });
    // It let go of what it refused.
    await withStore(one, async () => {});
  });

  test('a hold that nobody renews ends by itself', async () => {
    const table = await one.openTable();
    const hold = (u: number) => table.put(encodeItem(outgoingKey, { t: 0, u }));
    await hold(Date.now() + 60_000);
    await expect(one.open(clock)).rejects.toMatchObject({ code: 'store_unavailable' });
    await hold(Date.now() - 1);
    await withStore(one, async () => {});
    await table.close();
  });

  test('what the table may delete meanwhile counts as gone, in each run', async () => {
    await withStore(one, async ({ records }) => {
      const own = records.open(tenant);
      const receipt = { part: 0, fingerprint: keyOf(8), note: 'once' };
      const alive = { ...receipt, id: keyOf(1), expiresAt: clock.time + 60_000 };
      const expired = { ...receipt, id: keyOf(2), expiresAt: clock.time - 13 * 60 * 60 * 1000 };
      for (const kept of [alive, expired]) await own.keepReceipts([kept]);
    });
    const table = await one.openTable();
    const receipts = async () => {
      const source = await open('source');
      const { rows } = await source.read('receipts', undefined, 1000);
      await source.close();
      return { ids: rows.map(({ id }) => id), aliveAt: (await table.get(outgoingKey))?.t };
    };
    const first = await receipts();
    expect(first.ids).toEqual([keyOf(1)]);
    expect(await receipts()).toEqual(first);
    await table.close();
  });
}

function proveMark(system: TransferSystem): void {
  test('a mark that another one moved meanwhile is not replaced', async () => {
    const one = await madeTable(system);
    const target = await system.openTransfer(one, 'target', signs);
    expect(await target.write(undefined, 'begun', 0)).toBe(true);
    const table = await one.openTable();
    await table.put(encodeItem(documentKey(transferMarkKey), { v: 2, d: 'of another' }));
    expect(await target.write(undefined, 'mine', 1)).toBe(false);
    expect(await target.write(undefined, undefined, 1)).toBe(false);
    expect(await target.mark()).toEqual({ value: 'of another', version: 2 });
    await table.close();
    await target.close();
    await one.remove();
  });
}

/** A source has to be there. */
async function madeTable({ makeTable }: TransferSystem): Promise<TestTable> {
  const table = makeTable();
  await (await table.open(clock)).close();
  return table;
}

/** Of the one namespace. What is derived is not among the rows that a move compares. */
async function itemsOf(place: TestTable): Promise<unknown[]> {
  const table = await place.openTable();
  const tallies = ['w1', 'e1', 'w2', 'e2'].map((name) => ({ pk: tallyPartition(name) }));
  const own = { pk: partitionOf({ tenant, no: 1 }) };
  const asked = [own, { pk: registryPartition }, { pk: tenantPartition(tenant) }, ...tallies];
  const found = await Promise.all(asked.map((query) => table.all(query)));
  await table.close();
  // The log is cut anew.
  const isLog = ({ sk }: Item): boolean => String(sk).startsWith(sortKeys.logs);
  return found
    .flat()
    .filter((item) => !isLog(item))
    .map(comparable);
}

async function eraseAll({ records }: OpenStore): Promise<void> {
  const own = records.open(tenant);
  const rows = await own.page(1, { order: 'asc', limit: 500, all: true }, 0);
  const ops = rows.map(({ ordinal, version }) => erase(ordinal, version));
  done(await own.commit(named('home'), { ops }));
}

/** Writes are counted, blobs are named at random, and tallies come in the order of the writes. */
function comparable({ r: _, ta: tallies, ...item }: Item): unknown {
  const values = Object.entries(item).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll(/[0-9a-f]{24}(?=:\d+:\d+)/g, 'blob') : value,
  ]);
  return { ...Object.fromEntries(values), ta: JSON.parse(String(tallies ?? '{}')) };
}

async function fill({ records }: OpenStore): Promise<void> {
  const own = records.open(tenant);
  const vectorsOf = (n: number) => [
    { generation: 1, vectors: n % 3 === 0 ? null : new Uint8Array(n % 5) },
    { generation: 2, vectors: n % 7 === 0 ? new Uint8Array(210 * 1024) : null },
  ];
  const ops = Array.from({ length: 40 }, (_, i) => {
    const kind = i % 2 === 0 ? 'episode' : 'fact';
    const expiresAt = i % 5 === 0 ? clock.time + 1000 * i + 1000 : null;
    const columns = { kind, expiresAt, keyHash: i % 4 < 2 ? keyOf(i % 6) : null } as const;
    return { ...put(i + 1, columns), vectors: vectorsOf(i + 1) };
  });
  done(await own.commit(named('home'), { ops }));
  const large = bytes('large '.repeat(50_000));
  const rewritten = [patch(2, 1, { body: large }), patch(2, 2, { body: bytes('small') })];
  const others = [patch(3, 1, { columns: { archived: true } }), patch(5, 1, { body: large })];
  done(await own.commit(named('home'), { ops: [...rewritten, ...others] }));
  const late = { namespaceNo: 1, ordinal: 6, version: 1, vectors: new Uint8Array([1, 2]) };
  expect(await records.vectors.save(1, [late])).toBe(1);
}

/** As it is where each page was written, and then the process died before it was noted. */
async function moveTwice(from: StoreTransfer, into: StoreTransfer): Promise<void> {
  let version = 0;
  const movePart = async <Part extends StorePart>(part: Part): Promise<void> => {
    for (let after: string | undefined; ; ) {
      const { rows, next } = await from.read(part, after, 100_000);
      for (let time = 0; time < 2; time++) {
        expect(await into.write({ part, rows }, 'under way', version)).toBe(true);
        version += 1;
      }
      if (next === undefined) return;
      after = next;
    }
  };
  for (const part of storeParts) await movePart(part);
  expect(await into.write(undefined, undefined, version)).toBe(true);
}

async function withStore(
  table: TestTable,
  work: (store: OpenStore) => Promise<void>,
): Promise<void> {
  const store = await table.open(clock);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}
