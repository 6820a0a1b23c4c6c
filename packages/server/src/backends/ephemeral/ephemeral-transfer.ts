/** Moves a store in memory, out and in: the simple reference of the transfer port. */
import type {
  MemoryRow,
  PartReaders,
  PartRows,
  PartWriters,
  StorePage,
  StorePart,
  StoreRows,
  StoreTransfer,
  TransferMark,
  VectorRow,
  VersionRow,
} from '../../ports/transfer.ts';
import { transferMarkKey } from '../../ports/transfer.ts';
import type { EphemeralControl } from './ephemeral-control.ts';
import type { EphemeralNamespace } from './ephemeral-namespace.ts';
import type { EphemeralNamespaces } from './ephemeral-store.ts';

interface Parts {
  readonly namespaces: EphemeralNamespaces;
  readonly control: EphemeralControl;
}

export class EphemeralTransfer implements StoreTransfer {
  readonly name = 'ephemeral';
  readonly #control: EphemeralControl;
  readonly #readers: PartReaders;
  readonly #writers: PartWriters<void>;

  constructor(parts: Parts) {
    this.#control = parts.control;
    this.#readers = readersOf(parts);
    this.#writers = writersOf(parts);
  }

  read<Part extends StorePart>(
    part: Part,
    after: string | undefined,
    bytesMax: number,
  ): Promise<StorePage<StoreRows[Part]>> {
    return this.#readers[part](after, bytesMax);
  }

  async count(part: StorePart): Promise<number> {
    return (await this.read(part, undefined, Number.POSITIVE_INFINITY)).rows.length;
  }

  async mark(): Promise<TransferMark | undefined> {
    const found = await this.#control.get(transferMarkKey);
    return found && { value: found.value, version: found.version };
  }

  async write<Part extends StorePart>(
    rows: PartRows<Part> | undefined,
    mark: string | undefined,
    expected: number,
  ): Promise<boolean> {
    const stored = await this.mark();
    if ((stored?.version ?? 0) !== expected) return false;
    if (rows) this.#writers[rows.part](rows.rows);
    if (mark === undefined) await this.#control.delete(transferMarkKey);
    else await this.#control.putIfVersion(transferMarkKey, mark, expected);
    return true;
  }

  async close(): Promise<void> {}
}

function readersOf({ namespaces, control }: Parts): PartReaders {
  const each = <Row>(rowsOf: (space: EphemeralNamespace) => Row[]): Row[] =>
    namespaces.all().flatMap(rowsOf);
  return {
    store: pages(() => {
      const closedGenerations = [...namespaces.closed].sort((a, b) => a - b);
      return [{ lastNamespaceNo: namespaces.lastNo, closedGenerations }];
    }),
    namespaces: pages(() =>
      each((space) => {
        const { tenant, nextOrdinal, arrivals, storedBytes, info } = space;
        return [{ ...info, tenant, nextOrdinal, arrivals, storedBytes }];
      }),
    ),
    documents: pages(() => control.all()),
    receipts: pages(() => namespaces.allReceipts()),
    memories: pages(() => each(memoriesOf)),
    versions: pages(() => each(versionsOf)),
    vectors: pages(() => each(vectorsOf)),
    changes: pages(() => each((space) => space.changes.map((one) => ({ ...one, ...of(space) })))),
  };
}

/** The place is how many rows came before. */
function pages<Row extends object>(
  rowsOf: () => readonly Row[],
): (after: string | undefined, bytesMax: number) => Promise<StorePage<Row>> {
  return async (after, bytesMax) => {
    const all = rowsOf();
    const start = Number(after ?? 0);
    let end = start;
    for (let bytes = 0; end < all.length && (end === start || bytes < bytesMax); end++) {
      bytes += bytesIn(all[end] ?? {});
    }
    const next = end < all.length ? String(end) : undefined;
    return { rows: all.slice(start, end), next };
  };
}

function bytesIn(row: object): number {
  return Object.values(row).reduce<number>(
    (sum, value) => sum + (value instanceof Uint8Array ? value.byteLength : 0),
    0,
  );
}

const of = ({ no: namespaceNo }: EphemeralNamespace) => ({ namespaceNo });

function memoriesOf(space: EphemeralNamespace): MemoryRow[] {
  return [...space.rows.values()].map(({ current, analysis }) => ({
    ...{ ...current, ...of(space), analysis },
  }));
}

function versionsOf(space: EphemeralNamespace): VersionRow[] {
  return [...space.rows.values()].flatMap(({ current, former }) =>
    former.map(({ hasVector: _, body, ...row }, i) => {
      // Versions that have the same body share it.
      const isShared = body === (former[i + 1] ?? current).body;
      return { ...row, ...of(space), body: isShared ? null : body };
    }),
  );
}

function vectorsOf(space: EphemeralNamespace): VectorRow[] {
  return [...space.rows.values()].flatMap(({ current: { ordinal }, vectors }) =>
    [...vectors].map(([generation, stored]) => ({ ...of(space), ordinal, generation, ...stored })),
  );
}

function writersOf({ namespaces, control }: Parts): PartWriters<void> {
  const at = (no: number): EphemeralNamespace => {
    const space = namespaces.at(no);
    if (!space) throw new Error(`namespace ${no} comes before its rows`);
    return space;
  };
  return {
    store: (rows) => {
      for (const facts of rows) namespaces.load(facts);
    },
    namespaces: (rows) => {
      for (const row of rows) namespaces.loadNamespace(row);
    },
    documents: (rows) => {
      for (const row of rows) control.load(row);
    },
    receipts: (rows) => {
      for (const { tenant, ...row } of rows) namespaces.receipts(tenant).load(row);
    },
    memories: (rows) => {
      for (const { namespaceNo, analysis, ...current } of rows) {
        at(namespaceNo).loadRow({ current, analysis, vectors: new Map(), former: [] });
      }
    },
    versions: (rows) => {
      for (const { namespaceNo, body, ...row } of rows) {
        at(namespaceNo).loadVersion(row, body);
      }
    },
    vectors: (rows) => {
      for (const { namespaceNo, ordinal, generation, arrival, vectors } of rows) {
        at(namespaceNo).loadVectors(ordinal, generation, { arrival, vectors });
      }
    },
    changes: (rows) => {
      for (const { namespaceNo, ...change } of rows) at(namespaceNo).changes.push(change);
    },
  };
}
