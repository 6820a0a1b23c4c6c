/**
 * The contract of the transfer port: what a store was told at random is moved row by row, and then
 * both tell the same, go on in the same way, and hold the same rows.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type StorePart,
  type StoreTransfer,
  storeParts,
  transferMarkKey,
} from '../../ports/transfer.ts';
import { everything, type History, histories, spaces, start } from './agreement-rules.ts';
import {
  bytes,
  done,
  erase,
  FakeClock,
  idOf,
  keyOf,
  named,
  type OpenStore,
  patch,
  put,
} from './fixtures.ts';

/** Where a store can be: never open in two ways at one time. */
export interface TransferPlace {
  open(clock: Clock): Promise<OpenStore>;
  transfer(role: 'source' | 'target'): Promise<StoreTransfer>;
  remove(): Promise<void>;
}

export interface TransferBackend {
  readonly name: string;
  /** A place where nothing is yet. */
  make(): Promise<TransferPlace>;
}

const tenants = ['acme', 'zeta'] as TenantId[];
const ownerOf = (i: number): TenantId => tenants[i] ?? ('nobody' as TenantId);
const mebibyte = 2 ** 20;
const soon = 1_000;

/** Declares the suite `<from> to <to>: transfer`. */
export function runTransferContract(
  from: TransferBackend,
  to: TransferBackend,
  runs = Number(process.env.REVERIE_TEST_RUNS ?? 12),
): void {
  const history = histories(40);
  describe(`${from.name} to ${to.name}: transfer`, () => {
    test('a moved store tells the same, and goes on the same', { timeout: 600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(history, history, history, async (one, two, further) => {
          await inPlaces(from, to, (source, target) =>
            moveAndGoOn(source, target, [one, two], further),
          );
        }),
        { numRuns: runs },
      );
    });

    test('pages are bounded, and no row comes twice or not at all', async () => {
      await inPlaces(from, to, async (source, target) => {
        await withStore(source, fill);
        await using(source, target, async (out, into) => {
          const whole = await dump(out, 64 * mebibyte);
          expect(await dump(out, 1)).toEqual(whole);
          for (const part of storeParts) expect(await out.count(part)).toBe(whole[part].length);
          const { rows, next } = await out.read('memories', undefined, 1);
          expect(rows).toHaveLength(1);
          expect(next).toBeDefined();
          await copy(out, into, 1);
          expect(await dump(into, mebibyte)).toEqual(whole);
        });
      });
    });

    test('rows and mark are written together, by one who knows the mark', async () => {
      await inPlaces(from, to, async (source, target) => {
        await withStore(source, fill);
        await using(source, target, async (out, into) => {
          expect(await into.mark()).toBeUndefined();
          expect(await into.write(undefined, 'begun', 0)).toBe(true);
          expect(await into.mark()).toEqual({ value: 'begun', version: 1 });
          const { rows } = await out.read('documents', undefined, mebibyte);
          const page = { part: 'documents', rows } as const;
          expect(await into.write(page, 'late', 0)).toBe(false);
          expect(await into.write(page, 'early', 2)).toBe(false);
          expect(await into.count('documents')).toBe(1);
          expect(await into.write(page, 'second', 1)).toBe(true);
          expect(await into.mark()).toEqual({ value: 'second', version: 2 });
          expect(await into.count('documents')).toBe(rows.length + 1);
          expect(await into.write(undefined, undefined, 2)).toBe(true);
          expect(await into.mark()).toBeUndefined();
          expect(await into.count('documents')).toBe(rows.length);
        });
        // The mark is a document like any other for who opens the store.
        await withTransfer(target, 'target', (into) => into.write(undefined, 'again', 0));
        await withStore(target, async ({ control }) => {
          expect((await control.get(transferMarkKey))?.value).toBe('again');
        });
      });
    });
  });
}

async function moveAndGoOn(
  source: TransferPlace,
  target: TransferPlace,
  before: readonly History[],
  further: History,
): Promise<void> {
  const clock = new FakeClock();
  await withStore(
    source,
    async (store) => {
      await addDocuments(store);
      for (const [i, one] of before.entries()) await one.play(store, ownerOf(i), clock);
      await store.records.vectors.close(9);
    },
    clock,
  );
  await using(source, target, async (out, into) => {
    await copy(out, into, 300);
    expect(await dump(into, mebibyte)).toEqual(await dump(out, mebibyte));
  });
  const time = clock.time;
  const told = await Promise.all(
    [source, target].map(async (place) => {
      const own = new FakeClock();
      own.time = time;
      const look = async (store: OpenStore) => {
        const before = await everythingOf(store, own.time);
        const outcomes = await further.play(store, ownerOf(0), own);
        const closed = await store.records.vectors.use(1, 9, 0);
        return { before, outcomes, closed, after: await everythingOf(store, own.time) };
      };
      return withStore(place, look, own);
    }),
  );
  expect(told[1]).toEqual(told[0]);
  const rows = await Promise.all(
    [source, target].map((place) =>
      withTransfer(place, 'source', (store) => dump(store, mebibyte)),
    ),
  );
  expect(rows[1]).toEqual(rows[0]);
}

/** Every read of the ports. */
async function everythingOf({ records, control }: OpenStore, now: number): Promise<unknown> {
  const handles = tenants.map((tenant) => records.open(tenant));
  const { vectors } = records;
  return {
    spaces: await Promise.all(
      handles.flatMap((handle) =>
        [...spaces, named('kept')].map(async (name) => {
          // Images are derived, and made again.
          const { manifest: _, segments: __, ...told } = await everything(handle, name, now);
          return told;
        }),
      ),
    ),
    namespaces: await records.namespaces(0, 100),
    bytes: await Promise.all(handles.map((handle) => handle.storedBytes())),
    receipts: await Promise.all(handles.map((handle) => handle.receipts(keyOf(7)))),
    documents: await control.list(''),
    used: await vectors.used(),
    counts: await Promise.all([0, 1, 2, 9].map((generation) => vectors.counts(generation))),
    empty: await vectors.countEmpty(1),
    pending: await vectors.pending({
      ...{ generation: 2, afterNamespace: 0, perNamespace: 50, limit: 100 },
    }),
  };
}

async function addDocuments({ records, control }: OpenStore): Promise<void> {
  await control.putIfVersion('secrets/one', 'é 😀 nul \0', 0);
  await control.putIfVersion('secrets/one', 'again', 1);
  await control.putIfVersion('keys/two', '', 0);
  const receipt = { id: keyOf(7), part: 0, fingerprint: keyOf(8), note: '{"é":1}' };
  done(
    await records.open('acme' as TenantId).commit(named('kept'), {
      ops: [put(1, {}, 'body of one'), put(2, { keyHash: keyOf(1) })],
      receipts: [
        { ...receipt, expiresAt: start + soon, op: 1 },
        { ...receipt, part: 1, expiresAt: start + soon },
      ],
    }),
  );
  const expired = { ...receipt, part: 2, expiresAt: start - 1 };
  await records.open('zeta' as TenantId).keepReceipts([expired]);
}

/** Something of everything that random histories reach only sometimes. */
async function fill(store: OpenStore): Promise<void> {
  await addDocuments(store);
  const { vectors } = store.records;
  const records = store.records.open('zeta' as TenantId);
  for (let n = 1; n <= 30; n++) {
    const made = [{ generation: 1, vectors: n % 3 === 0 ? null : new Uint8Array(n % 5) }];
    const ops = [{ ...put(n, { keyHash: keyOf(n % 4) }, 'x'.repeat(n * 40)), vectors: made }];
    done(await records.commit(named(`space ${n % 3}`), { ops }));
  }
  const space = await records.namespace(named('space 0'));
  const namespaceNo = space?.no ?? 0;
  // Vectors that came late, and rows with former versions: with a body of their own, and without.
  const late = { namespaceNo, ordinal: 1, version: 1, vectors: new Uint8Array([1, 2]) };
  expect(await vectors.save(1, [late])).toBe(1);
  const archived = patch(2, 1, { columns: { archived: true, pinned: true } });
  const rewritten = patch(2, 2, { body: bytes('new'), columns: { importance: 0.1, validTo: 7 } });
  const replaced = patch(3, 1, { columns: { supersededAt: 9, supersededBy: idOf(1) } });
  const ops = [archived, rewritten, replaced, erase(4, 1)];
  done(await records.commit(named('space 0'), { ops }));
  await vectors.close(9);
  await vectors.close(4);
  // The last number that was given is not that of any namespace.
  const gone = done(await records.commit(named('gone'), { ops: [put(99)] }));
  done(await records.commit(named('gone'), { ops: [erase(1, 1)] }));
  expect(await records.remove(gone.namespace.no)).toBe(true);
}

/** As simple as it can be: the engine's own way has its own tests. */
async function copy(from: StoreTransfer, into: StoreTransfer, bytesMax: number): Promise<void> {
  let version = 0;
  const copyPart = async <Part extends StorePart>(part: Part): Promise<void> => {
    for (let after: string | undefined; ; ) {
      const { rows, next } = await from.read(part, after, bytesMax);
      expect(await into.write({ part, rows }, 'under way', version)).toBe(true);
      version += 1;
      if (next === undefined) return;
      after = next;
    }
  };
  for (const part of storeParts) await copyPart(part);
  expect(await into.write(undefined, undefined, version)).toBe(true);
}

/** Every row of every part, in an order that is the same for all backends. */
async function dump(
  store: StoreTransfer,
  bytesMax: number,
): Promise<Record<StorePart, readonly object[]>> {
  const rowsOf = async (part: StorePart): Promise<object[]> => {
    const found: object[] = [];
    for (let after: string | undefined; ; ) {
      const { rows, next } = await store.read(part, after, bytesMax);
      found.push(...rows);
      if (next === undefined) break;
      after = next;
    }
    const plain = found.map((row) => ({ text: plainOf(row), row: plainRow(row) }));
    return plain.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ row }) => row);
  };
  const entries = await Promise.all(
    storeParts.map(async (part) => [part, await rowsOf(part)] as const),
  );
  const found = new Map<StorePart, readonly object[]>(entries);
  const of = (part: StorePart) => found.get(part) ?? [];
  return {
    ...{ store: of('store'), namespaces: of('namespaces'), documents: of('documents') },
    ...{ receipts: of('receipts'), memories: of('memories'), versions: of('versions') },
    ...{ vectors: of('vectors'), changes: of('changes') },
  };
}

/** Byte strings of any class as plain ones. */
function plainRow(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Array.from(value).join(' ') : value,
    ]),
  );
}

function plainOf(row: object): string {
  const fields = Object.entries(plainRow(row)).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(fields);
}

async function inPlaces(
  from: TransferBackend,
  to: TransferBackend,
  work: (source: TransferPlace, target: TransferPlace) => Promise<void>,
): Promise<void> {
  const [source, target] = [await from.make(), await to.make()];
  try {
    await work(source, target);
  } finally {
    await source.remove();
    await target.remove();
  }
}

async function withStore<Result>(
  place: TransferPlace,
  work: (store: OpenStore) => Promise<Result>,
  clock = new FakeClock(),
): Promise<Result> {
  const store = await place.open(clock);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function withTransfer<Result>(
  place: TransferPlace,
  role: 'source' | 'target',
  work: (store: StoreTransfer) => Promise<Result>,
): Promise<Result> {
  const store = await place.transfer(role);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function using(
  source: TransferPlace,
  target: TransferPlace,
  work: (source: StoreTransfer, target: StoreTransfer) => Promise<void>,
): Promise<void> {
  return withTransfer(source, 'source', (out) =>
    withTransfer(target, 'target', (into) => work(out, into)),
  );
}
