/** The stored form of a part's columns: the small blob that is written again when flags change. */
import { invariant } from '../util/invariant.ts';
import type { KeyTable } from './key-table.ts';
import type { ColumnArrays } from './passage-columns.ts';
import { decodeSections, encodeSections } from './sections.ts';

const magic = 'RVCO';
const keyBytes = 16;

/** The columns that are stored as they are, in the order of their sections. */
const stored = [
  'ordinals',
  'passages',
  'flags',
  'occurredAt',
  'expiresAt',
  'createdAt',
  'updatedAt',
  'supersededAt',
  'validFrom',
  'validTo',
  'importance',
  'confidence',
  'lengths',
  'questionShares',
  'scales',
  'languages',
  'printsA',
  'printsB',
] as const satisfies readonly (keyof ColumnArrays)[];

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
  const sections = [...stored.map((name) => columns[name].subarray(0, count)), places, table];
  return encodeSections({ magic, identity }, sections);
}

/** Fills `columns` and returns the number of passages. Throws an Error when it is damaged. */
export function decodeColumns(
  bytes: Uint8Array,
  columns: ColumnArrays,
  keys: KeyTable,
  identity: number,
): number {
  const sections = decodeSections({ magic, identity }, bytes, stored.length + 2);
  const [places, table] = sections.slice(stored.length);
  invariant(table && places, 'every section was found');
  const count = places.length / 2;
  if (count > columns.ordinals.length) throw new Error('A part holds more than its capacity.');
  stored.forEach((name, i) => {
    copy(columns[name], sections[i]);
  });
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
