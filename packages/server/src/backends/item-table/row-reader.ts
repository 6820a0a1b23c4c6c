/** Reads of many items that hang together: from between two writes, never from within one. */
import { MemoryError } from '../../domain/errors.ts';
import type { RecordRow } from '../../ports/records.ts';
import type { BlobStore } from './blob-store.ts';
import { isMade } from './draft.ts';
import type { Head } from './head-codec.ts';
import type { ItemTable } from './item-table.ts';
import { nameOfKey, partitionOf, type Space, sortKeys } from './keys.ts';
import type { NamespaceWriter } from './namespace-writer.ts';
import { decodeRow, type StoredRow, toRecord } from './row-codec.ts';

/** Says that somebody wrote in between: what was read does not hang together. */
export const torn = Symbol('torn');

/** Tries of a read that others write into; each begins behind the write before it. */
const triesMax = 50;

export interface ReadParts {
  readonly table: ItemTable;
  readonly blobs: BlobStore;
  readonly writer: NamespaceWriter;
}

/** Reads from the head on until it hangs together. Undefined where there is no such namespace. */
export async function steadily<Result>(
  { writer }: ReadParts,
  space: Space,
  read: (head: Head) => Promise<Result | typeof torn>,
): Promise<Result | undefined> {
  for (let tries = 0; tries < triesMax; tries++) {
    const head = await writer.settled(space);
    if (!head) return undefined;
    const result = await read(head);
    if (result !== torn) return result;
  }
  throw new MemoryError('store_unavailable', 'Others keep writing to the namespace. Try again.');
}

/** By ordinal; erased ones are missing. A row that is newer than the head was written since. */
export async function readRows(
  { table }: ReadParts,
  head: Head,
  ordinals: readonly number[],
): Promise<Map<number, StoredRow> | typeof torn> {
  const pk = partitionOf(head);
  const keys = new Map(
    ordinals
      .filter((ordinal) => ordinal > 0 && ordinal < head.nextOrdinal)
      .map((ordinal) => [ordinal, { pk, sk: sortKeys.row(ordinal) }]),
  );
  const found = keys.size > 0 ? await table.getAll([...keys.values()]) : new Map();
  const rows = new Map<number, StoredRow>();
  for (const [ordinal, key] of keys) {
    const item = found.get(nameOfKey(key));
    if (!item) continue;
    const row = decodeRow(item);
    if (row.seq > head.seq) return torn;
    rows.set(ordinal, row);
  }
  return rows;
}

/** With their bodies. */
export async function toRecords(
  { blobs }: ReadParts,
  head: Head,
  rows: readonly StoredRow[],
): Promise<RecordRow[] | typeof torn> {
  const bodies = await blobs.read(rows.map(({ body }) => body));
  const records: RecordRow[] = [];
  for (const [i, row] of rows.entries()) {
    const body = bodies[i];
    // Erased since, with what it had.
    if (!body) return torn;
    records.push(toRecord(row, body, isMade(row.vectors.get(head.generation))));
  }
  return records;
}
