/** Pages of the raw rows of a store: namespace after namespace, in the order of their items. */
import { MemoryError } from '../../domain/errors.ts';
import type {
  ChangeRow,
  MemoryRow,
  PartReaders,
  StoreFacts,
  StorePage,
  VectorRow,
  VersionRow,
} from '../../ports/transfer.ts';
import { invariant } from '../../util/invariant.ts';
import { apartOf, readDocument } from './document-draft.ts';
import { decodeLog, type Head, infoOf } from './head-codec.ts';
import { type Item, isSet, numberIn, textIn, textOrNull } from './items.ts';
import {
  closedPrefix,
  controlPartition,
  countersKey,
  numberAtEnd,
  partitionOf,
  sortKeys,
  storePartition,
} from './keys.ts';
import type { Names } from './names.ts';
import { type Blob, decodeRow, decodeVersion, lengthOf } from './row-codec.ts';
import type { ReadParts } from './row-reader.ts';
import { type KeyScan, readReceipts } from './transfer-receipts.ts';

export interface TransferParts extends ReadParts {
  readonly names: Names;
  readonly scan: KeyScan;
  /** What the table may have deleted by this time, in ms, counts as gone. */
  readonly aliveAt: number;
}

/** Rows of a page at most: small ones would otherwise be hundred thousands. */
const rowsMax = 2000;
/** Namespaces that are looked at for one page, and changes of those that are read together. */
const spacesMax = 100;
const changesMax = 500;

/** A row whose bytes may still lie apart. */
interface RawRow<Row> {
  readonly blobs: readonly (Blob | null)[];
  readonly toRow: (bytes: readonly (Uint8Array | null)[]) => Row;
}

/** Rows that a namespace keeps under one prefix of its sort keys. */
interface Table<Row> {
  readonly prefix: string;
  readonly rawRows: (item: Item, namespaceNo: number) => RawRow<Row>[];
}

/** Rows of one item. */
interface Unit<Row> {
  readonly sk: string;
  readonly rows: readonly RawRow<Row>[];
  readonly bytes: number;
}

/** Behind an item of a namespace, or behind all of it. */
interface Place {
  readonly no: number;
  readonly sk?: string;
}

const memories: Table<MemoryRow> = {
  prefix: sortKeys.rows,
  rawRows: (item, namespaceNo) => {
    const { columns, ordinal, seq, body, analysis } = decodeRow(item);
    const place = { ...columns, namespaceNo, ordinal, seq };
    const toRow = ([own, derived = null]: readonly (Uint8Array | null)[]): MemoryRow => {
      invariant(own, 'a row has a body');
      return { ...place, body: own, analysis: derived };
    };
    return [{ blobs: [body, analysis], toRow }];
  },
};

const versions: Table<VersionRow> = {
  prefix: sortKeys.allVersions,
  rawRows: (item, namespaceNo) => {
    const { columns, ordinal, seq, body } = decodeVersion(item);
    const place = { ...columns, namespaceNo, ordinal, seq };
    return [{ blobs: [body], toRow: ([own = null]) => ({ ...place, body: own }) }];
  },
};

const vectors: Table<VectorRow> = {
  prefix: sortKeys.rows,
  rawRows: (item, namespaceNo) => {
    const { ordinal, vectors: all } = decodeRow(item);
    return [...all].map(([generation, { vectors: made, arrival }]) => ({
      blobs: [made],
      toRow: ([own = null]) => ({ namespaceNo, ordinal, generation, arrival, vectors: own }),
    }));
  },
};

const changes: Table<ChangeRow> = {
  prefix: sortKeys.logs,
  rawRows: (item, namespaceNo) =>
    decodeLog(item).map((change) => ({
      blobs: [],
      toRow: () => ({ ...change, namespaceNo }),
    })),
};

export function transferReaders(parts: TransferParts): PartReaders {
  const pages =
    <Row>(table: Table<Row>) =>
    (after: string | undefined, bytesMax: number) =>
      readPage(parts, table, after, bytesMax);
  return {
    store: async () => ({ rows: [await factsOf(parts)], next: undefined }),
    namespaces: async (after) => {
      const spaces = await parts.names.spacesAfter(Number(after ?? 0), rowsMax);
      const rows = (await settledHeads(parts, spaces)).map((head) => ({
        ...infoOf(head),
        ...{ tenant: head.tenant, nextOrdinal: head.nextOrdinal, storedBytes: head.storedBytes },
      }));
      const last = spaces.length < rowsMax ? undefined : spaces.at(-1)?.no;
      return { rows, next: last === undefined ? undefined : `${last}` };
    },
    documents: (after, bytesMax) => readDocuments(parts, after, bytesMax),
    receipts: async (after, bytesMax) => {
      const place = after === undefined ? undefined : JSON.parse(after);
      const { aliveAt } = parts;
      const { rows, next } = await readReceipts(parts, { after: place, aliveAt }, bytesMax);
      return { rows, next: next && JSON.stringify(next) };
    },
    memories: pages(memories),
    versions: pages(versions),
    vectors: pages(vectors),
    changes: pages(changes),
  };
}

async function factsOf({ table }: TransferParts): Promise<StoreFacts> {
  const counters = await table.get(countersKey);
  const closed = await table.all({ pk: storePartition, prefix: closedPrefix });
  const closedGenerations = closed
    .filter((item) => isSet(item, 'f'))
    .map((item) => numberAtEnd(textIn(item, 'sk')))
    .sort((a, b) => a - b);
  return { lastNamespaceNo: counters ? numberIn(counters, 'no') : 0, closedGenerations };
}

/** With nothing in them that is half done. */
async function settledHeads(
  { names, writer }: TransferParts,
  spaces: Parameters<Names['headsAt']>[0],
): Promise<Head[]> {
  const heads = await names.headsAt(spaces);
  const settled = heads.map(async (head) => (head.journal ? writer.settled(head) : head));
  return (await Promise.all(settled)).flatMap((head) => head ?? []);
}

async function readDocuments(
  { table, blobs }: TransferParts,
  after: string | undefined,
  bytesMax: number,
): Promise<StorePage<Awaited<ReturnType<typeof readDocument>> & object>> {
  const items: Item[] = [];
  const from = after === undefined ? {} : { from: after };
  let bytes = 0;
  let next: string | undefined;
  for await (const item of table.query({ pk: controlPartition, ...from })) {
    const key = textIn(item, 'sk');
    if (key === after) continue;
    items.push(item);
    const [apart] = apartOf(item);
    bytes += apart ? apart.bytes : Buffer.byteLength(textOrNull(item, 'd') ?? '');
    if (bytes < bytesMax && items.length < rowsMax) continue;
    next = key;
    break;
  }
  const read = await Promise.all(items.map((item) => readDocument(blobs, item)));
  return { rows: read.map((document) => document ?? missing()), next };
}

async function readPage<Row>(
  parts: TransferParts,
  table: Table<Row>,
  after: string | undefined,
  bytesMax: number,
): Promise<StorePage<Row>> {
  let place: Place = after === undefined ? { no: 0 } : JSON.parse(after);
  for (;;) {
    const { units, next } = await unitsAfter(parts, table, place, bytesMax);
    const rows = await toRows(parts, units);
    if (rows.length > 0 || !next) return { rows, next: next && JSON.stringify(next) };
    place = next;
  }
}

/** Small namespaces together, a large one by itself. */
async function unitsAfter<Row>(
  parts: TransferParts,
  table: Table<Row>,
  { no, sk }: Place,
  bytesMax: number,
): Promise<{ units: Unit<Row>[]; next: Place | undefined }> {
  const spaces = await parts.names.spacesAfter(sk === undefined ? no : no - 1, spacesMax);
  const group = leading(await settledHeads(parts, spaces));
  const found = await Promise.all(
    group.map((head) => unitsOf(parts, table, head, { bytesMax, after: head.no === no ? sk : '' })),
  );
  const units: Unit<Row>[] = [];
  let rows = 0;
  let bytes = 0;
  for (const [i, { units: own, isEnd }] of found.entries()) {
    const space = group[i]?.no ?? 0;
    for (const unit of own) {
      units.push(unit);
      rows += unit.rows.length;
      bytes += unit.bytes;
      const isLast = isEnd && unit === own.at(-1);
      if (bytes >= bytesMax || rows >= rowsMax || (!isEnd && unit === own.at(-1))) {
        return { units, next: isLast ? { no: space } : { no: space, sk: unit.sk } };
      }
    }
  }
  const last = group.at(-1)?.no ?? spaces.at(-1)?.no;
  return { units, next: last === undefined ? undefined : { no: last } };
}

/** Of a namespace: its changes are as many as its rows of any part, or more. */
function leading(heads: readonly Head[]): Head[] {
  let total = 0;
  const end = heads.findIndex(({ seq }, i) => {
    total += seq;
    return i > 0 && total > changesMax;
  });
  return end === -1 ? [...heads] : heads.slice(0, end);
}

async function unitsOf<Row>(
  { table: items }: TransferParts,
  { prefix, rawRows }: Table<Row>,
  head: Head,
  { after, bytesMax }: { readonly after: string | undefined; readonly bytesMax: number },
): Promise<{ units: Unit<Row>[]; isEnd: boolean }> {
  const units: Unit<Row>[] = [];
  let bytes = 0;
  let count = 0;
  // What is behind a key begins after it and a sign that no key goes on with.
  const from = after ? `${after}~` : prefix;
  for await (const item of items.query({ pk: partitionOf(head), from, to: `${prefix}~` })) {
    const rows = rawRows(item, head.no);
    const own = rows.reduce((sum, { blobs }) => sum + bytesIn(blobs), 0);
    units.push({ sk: textIn(item, 'sk'), rows, bytes: own });
    bytes += own;
    count += rows.length;
    if (bytes >= bytesMax || count >= rowsMax) return { units, isEnd: false };
  }
  return { units, isEnd: true };
}

const bytesIn = (blobs: readonly (Blob | null)[]): number =>
  blobs.reduce((sum, blob) => sum + (blob ? lengthOf(blob) : 0), 0);

async function toRows<Row>({ blobs }: TransferParts, units: readonly Unit<Row>[]): Promise<Row[]> {
  const raw = units.flatMap(({ rows }) => rows);
  const read = await blobs.read(raw.flatMap((row) => row.blobs));
  let at = 0;
  return raw.map((row) => {
    const own = read.slice(at, at + row.blobs.length);
    at += row.blobs.length;
    return row.toRow(own.map((bytes) => (bytes === undefined ? missing() : bytes)));
  });
}

function missing(): never {
  const message = 'Bytes that a row of the source names are gone. Restore it from a backup.';
  throw new MemoryError('store_damaged', message);
}
