/** The stored form of a part's columns: the small blob that is written again when flags change. */
import { invariant } from '../util/invariant.ts';
import type { KeyTable } from './key-table.ts';
import type { ColumnArrays } from './passage-columns.ts';
import { decodeSections, encodeSections } from './sections.ts';

const magic = 'RVCO';
const keyBytes = 16;

/** Keys are stored as a table of their own, because key numbers live only as long as the index. */
export function encodeColumns(
  columns: ColumnArrays,
  count: number,
  keys: KeyTable,
  identity: number,
): Uint8Array {
  const local = new Map<number, number>();
  const places = new Uint16Array(count);
  for (let i = 0; i < count; i += 1) {
    const key = columns.keys[i] ?? 0;
    if (key === 0) continue;
    const place = local.get(key) ?? local.size + 1;
    local.set(key, place);
    places[i] = place;
  }
  const table = Buffer.alloc(local.size * keyBytes);
  for (const [key, place] of local) table.write(keys.hash(key), (place - 1) * keyBytes, 'hex');
  const sections = [
    columns.ordinals.subarray(0, count),
    columns.passages.subarray(0, count),
    columns.flags.subarray(0, count),
    columns.occurredAt.subarray(0, count),
    columns.expiresAt.subarray(0, count),
    columns.lengths.subarray(0, count),
    columns.scales.subarray(0, count),
    columns.languages.subarray(0, count),
    columns.printsA.subarray(0, count),
    columns.printsB.subarray(0, count),
    columns.questionShares.subarray(0, count),
    places,
    table,
  ];
  return encodeSections({ magic, identity }, sections);
}

/** Fills `columns` and returns the number of passages. Throws an Error when it is damaged. */
export function decodeColumns(
  bytes: Uint8Array,
  columns: ColumnArrays,
  keys: KeyTable,
  identity: number,
): number {
  const sections = decodeSections({ magic, identity }, bytes, 13);
  const [ordinals, passages, flags, occurredAt, expiresAt, lengths] = sections;
  const [scales, languages, printsA, printsB, questionShares, places, table] = sections.slice(6);
  invariant(table && places && ordinals, 'every section was found');
  const count = ordinals.length / 4;
  if (count > columns.ordinals.length) throw new Error('A part holds more than its capacity.');
  copy(columns.ordinals, ordinals);
  copy(columns.passages, passages);
  copy(columns.flags, flags);
  copy(columns.occurredAt, occurredAt);
  copy(columns.expiresAt, expiresAt);
  copy(columns.lengths, lengths);
  copy(columns.scales, scales);
  copy(columns.languages, languages);
  copy(columns.printsA, printsA);
  copy(columns.printsB, printsB);
  copy(columns.questionShares, questionShares);
  const hex = Buffer.from(table).toString('hex');
  const numbers = Array.from({ length: table.length / keyBytes }, (_, i) =>
    keys.number(hex.slice(i * keyBytes * 2, (i + 1) * keyBytes * 2)),
  );
  const local = new Uint16Array(places.buffer, places.byteOffset, count);
  for (let i = 0; i < count; i += 1) columns.keys[i] = numbers[(local[i] ?? 0) - 1] ?? 0;
  return count;
}

function copy(target: ArrayBufferView, source: Uint8Array | undefined): void {
  invariant(source, 'every section was found');
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(source);
}
