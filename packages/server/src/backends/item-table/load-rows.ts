/** Reads all that batches speak of, so that they can be applied without another question. */
import type { KeyHash, MemoryId } from '../../domain/memory.ts';
import type { Batch } from '../../ports/records.ts';
import { Draft, type FactMark } from './draft.ts';
import type { Head } from './head-codec.ts';
import type { ItemTable } from './item-table.ts';
import { numberIn, numberOrNull, textIn } from './items.ts';
import { idKey, nameOfKey, numberAtEnd, partitionOf, sortKeys } from './keys.ts';
import { decodeRow, type StoredRow } from './row-codec.ts';
import type { ReadParts } from './row-reader.ts';

/** The head may be one that is not stored yet. What is read is what it was when the head was. */
export async function loadRows(
  { table }: ReadParts,
  head: Head,
  batches: readonly Batch[],
): Promise<Draft> {
  if (head.revision === 0) {
    const turns = new Map([...keysIn(batches)].map((hash) => [hash, 0]));
    return new Draft({ head, rows: new Map(), ids: new Set(), facts: new Map(), turns });
  }
  const expected = batches.flatMap(({ expect = [] }) => expect.map(({ keyHash }) => keyHash));
  const [rows, ids, facts] = await Promise.all([
    rowsAt(table, head, ordinalsIn(batches)),
    knownIds(table, head, batches),
    factsOf(table, head, expected),
  ]);
  const ofRows = [...rows.values()].flatMap(({ columns }) => columns.keyHash ?? []);
  const turns = await turnsOf(table, head, new Set([...keysIn(batches), ...ofRows]));
  return new Draft({ head, rows, ids, facts, turns });
}

export async function rowsAt(
  table: ItemTable,
  head: Head,
  ordinals: Iterable<number>,
): Promise<Map<number, StoredRow>> {
  const pk = partitionOf(head);
  const keys = [...new Set(ordinals)]
    .filter((ordinal) => ordinal > 0 && ordinal < head.nextOrdinal)
    .map((ordinal) => ({ pk, sk: sortKeys.row(ordinal) }));
  const items = await table.getAll(keys);
  const rows = [...items.values()].map(decodeRow);
  return new Map(rows.map((row) => [row.ordinal, row]));
}

function ordinalsIn(batches: readonly Batch[]): number[] {
  return batches.flatMap(({ ops, unchanged = [] }) => [
    ...ops.flatMap((op) => (op.op === 'put' ? [] : [op.ordinal])),
    ...unchanged.map(({ ordinal }) => ordinal),
  ]);
}

function keysIn(batches: readonly Batch[]): Set<KeyHash> {
  const hashes = batches.flatMap(({ ops }) =>
    ops.flatMap((op) => (op.op === 'erase' ? [] : (op.columns?.keyHash ?? []))),
  );
  return new Set(hashes);
}

async function knownIds(
  table: ItemTable,
  head: Head,
  batches: readonly Batch[],
): Promise<Set<MemoryId>> {
  const ids = batches.flatMap(({ ops }) =>
    ops.flatMap((op) => (op.op === 'put' ? [op.columns.id] : [])),
  );
  const found = await table.getAll(ids.map((id) => idKey(head, id)));
  return new Set(ids.filter((id) => found.has(nameOfKey(idKey(head, id)))));
}

async function factsOf(
  table: ItemTable,
  head: Head,
  hashes: readonly KeyHash[],
): Promise<Map<KeyHash, Map<number, FactMark>>> {
  const pk = partitionOf(head);
  const entries = await Promise.all(
    [...new Set(hashes)].map(async (hash) => {
      const items = await table.all({ pk, prefix: sortKeys.facts(hash) });
      const marks = items.map((item): [number, FactMark] => [
        numberAtEnd(textIn(item, 'sk')),
        { version: numberIn(item, 'v'), expiresAt: numberOrNull(item, 'x') },
      ]);
      return [hash, new Map(marks)] as const;
    }),
  );
  return new Map(entries);
}

export async function turnsOf(
  table: ItemTable,
  head: Head,
  hashes: ReadonlySet<KeyHash>,
): Promise<Map<KeyHash, number>> {
  const pk = partitionOf(head);
  const keys = new Map([...hashes].map((hash) => [hash, { pk, sk: sortKeys.thread(hash) }]));
  const found = await table.getAll([...keys.values()]);
  const turns = [...keys].map(([hash, key]): [KeyHash, number] => {
    const item = found.get(nameOfKey(key));
    return [hash, item ? numberIn(item, 'n') : 0];
  });
  return new Map(turns);
}

/** A draft of what is no change of the namespace's log. */
export function draftOf(head: Head, rows: ReadonlyMap<number, StoredRow> = new Map()): Draft {
  return new Draft({ head, rows, ids: new Set(), facts: new Map(), turns: new Map() });
}
