import { expect, test } from 'vitest';
import { done, FakeClock, keyOf, named, put } from '../../backends/contract/fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/memory.ts';
import { type StoreTransfer, storeParts, transferMarkKey } from '../../ports/transfer.ts';
import { type MoveProgress, moveStore } from './move-store.ts';

const open = () => openEphemeralStore({ clock: new FakeClock() });

/** Of a filled store. */
const rowsInAll = 124;

async function filled() {
  const store = open();
  const tenant = store.records.open('acme' as TenantId);
  for (let n = 1; n <= 40; n++) {
    const vectors = [{ generation: 1, vectors: new Uint8Array([n]) }];
    const ops = [{ ...put(n, { keyHash: keyOf(n % 3) }, `body ${n}`.repeat(100)), vectors }];
    done(await tenant.commit(named(n % 2 === 0 ? 'even' : 'odd'), { ops }));
  }
  await store.control.putIfVersion('keys/one', 'x', 0);
  return store;
}

/** Pages of one row or so, so that there is something to cut short. */
function inSmallPages(store: StoreTransfer): StoreTransfer {
  const read: StoreTransfer['read'] = (part, after) => store.read(part, after, 1);
  return wrap(store, { read });
}

function wrap(store: StoreTransfer, other: Partial<StoreTransfer>): StoreTransfer {
  return {
    name: store.name,
    read: (...asked) => store.read(...asked),
    count: (part) => store.count(part),
    mark: () => store.mark(),
    write: (...asked) => store.write(...asked),
    close: () => store.close(),
    ...other,
  };
}

/** Writes so many times, then the connection is gone. */
function breaking(store: StoreTransfer, writes: number): StoreTransfer {
  let left = writes;
  const write: StoreTransfer['write'] = async (...asked) => {
    if (left-- <= 0) throw new MemoryError('store_unavailable');
    return store.write(...asked);
  };
  return wrap(store, { write });
}

async function rowsOf(store: StoreTransfer): Promise<object[]> {
  const pages = storeParts.map(async (part) => (await store.read(part, undefined, 1e9)).rows);
  return (await Promise.all(pages)).flat();
}

test('a store is moved, counted and compared, and its target is whole', async () => {
  const [from, to] = [await filled(), open()];
  const told: MoveProgress[] = [];
  const report = await moveStore({
    ...{ source: from.transfer, target: to.transfer, tell: (progress) => told.push(progress) },
  });
  expect(report).toMatchObject({ isResumed: false, differences: [] });
  const each = { memories: 40, vectors: 40, changes: 40, versions: 0, receipts: 0 };
  expect(report.counts).toEqual({ store: 1, namespaces: 2, documents: 1, ...each });
  expect(await rowsOf(to.transfer)).toEqual(await rowsOf(from.transfer));
  expect(await to.control.get(transferMarkKey)).toBeUndefined();
  const total = rowsInAll;
  expect(told.at(-1)).toEqual({ step: 'check', rows: total, total });
  expect(told.some(({ step, rows }) => step === 'copy' && rows === total)).toBe(true);
});

test('a run that is cut short anywhere goes on where it stopped', async () => {
  for (const writes of [0, 1, 3, 20, 60, 85, 87]) {
    const [from, to] = [await filled(), open()];
    const source = inSmallPages(from.transfer);
    let written = 0;
    const write: StoreTransfer['write'] = async (page, ...rest) => {
      const isWritten = await to.transfer.write(page, ...rest);
      written += page?.rows.length ?? 0;
      return isWritten;
    };
    const target = wrap(to.transfer, { write });
    const broken = moveStore({ source, target: breaking(target, writes) });
    await expect(broken).rejects.toMatchObject({ code: 'store_unavailable' });
    expect((await to.transfer.mark()) === undefined).toBe(writes === 0);
    const report = await moveStore({ source, target });
    expect(report).toMatchObject({ isResumed: writes > 1, differences: [] });
    // No row was written a second time.
    expect(written).toBe(rowsInAll);
    expect(await rowsOf(to.transfer)).toEqual(await rowsOf(from.transfer));
    expect(await to.transfer.mark()).toBeUndefined();
  }
});

test('a damaged row is told by its namespace, and the target stays closed', async () => {
  const [from, to] = [await filled(), open()];
  const read: StoreTransfer['read'] = async (part, after, bytesMax) => {
    const page = await to.transfer.read(part, after, bytesMax);
    const rows = page.rows.map((row) =>
      'body' in row && 'analysis' in row && row.ordinal === 3 && row.namespaceNo === 2
        ? { ...row, body: row.body.with(4, 0) }
        : row,
    );
    return { ...page, rows };
  };
  const target = wrap(to.transfer, { read });
  const again = { source: from.transfer, target };
  for (const isResumed of [false, true]) {
    const report = await moveStore(again);
    expect(report.isResumed).toBe(isResumed);
    expect(report.differences).toEqual([
      {
        ...{ part: 'memories', namespaceNo: 2, tenant: 'acme', namespace: 'even' },
        ...{ sourceRows: 20, targetRows: 20 },
      },
    ]);
    expect(await to.transfer.mark()).toBeDefined();
  }
});

test('a row that is missing, or is there twice, is told', async () => {
  for (const copies of [0, 2]) {
    const [from, to] = [await filled(), open()];
    const read: StoreTransfer['read'] = async (part, after, bytesMax) => {
      const page = await to.transfer.read(part, after, bytesMax);
      const first = part === 'changes' ? page.rows.slice(0, 1) : [];
      const rest = part === 'changes' ? page.rows.slice(1) : page.rows;
      return { ...page, rows: [...Array(copies).fill(first).flat(), ...rest] };
    };
    const target = wrap(to.transfer, { read });
    const { differences } = await moveStore({ source: from.transfer, target });
    const rows = { sourceRows: 20, targetRows: 19 + copies };
    expect(differences).toMatchObject([{ part: 'changes', namespace: 'odd', ...rows }]);
  }
});

test('a target that has something, or that another migration began, is refused', async () => {
  const refused = { code: 'migration_refused' };
  const from = await filled();
  const source = from.transfer;
  for (const other of [await filled(), open()]) {
    if ((await other.transfer.count('documents')) === 0) {
      await other.control.putIfVersion('keys/root', 'x', 0);
    }
    const before = await rowsOf(other.transfer);
    await expect(moveStore({ source, target: other.transfer })).rejects.toMatchObject(refused);
    expect(await rowsOf(other.transfer)).toEqual(before);
  }
  const to = open();
  const cut = moveStore({ source, target: breaking(to.transfer, 4) });
  await expect(cut).rejects.toThrow();
  const other = await filled();
  await other.control.putIfVersion('keys/two', 'x', 0);
  const foreign = moveStore({ source: other.transfer, target: to.transfer });
  await expect(foreign).rejects.toMatchObject(refused);
});

test('a source that is written to meanwhile is refused, not half believed', async () => {
  const refused = { code: 'migration_refused' };
  const [from, to] = [await filled(), open()];
  const source = inSmallPages(from.transfer);
  let writes = 0;
  const write: StoreTransfer['write'] = async (...asked) => {
    writes += 1;
    if (writes === 50) await from.control.putIfVersion('keys/two', 'x', 0);
    return to.transfer.write(...asked);
  };
  const target = wrap(to.transfer, { write });
  await expect(moveStore({ source, target })).rejects.toMatchObject(refused);
  expect(await to.transfer.mark()).toBeDefined();
  await expect(moveStore({ source, target })).rejects.toMatchObject(refused);
});

test('of two migrations into one store, one stops', async () => {
  const [from, to] = [await filled(), open()];
  const source = inSmallPages(from.transfer);
  let writes = 0;
  const write: StoreTransfer['write'] = async (...asked) => {
    writes += 1;
    // Somebody else goes on from the same mark, and is faster.
    if (writes === 30) await to.transfer.write(undefined, 'theirs', asked[2]);
    return to.transfer.write(...asked);
  };
  const target = wrap(to.transfer, { write });
  await expect(moveStore({ source, target })).rejects.toThrow('Another migration');
});
