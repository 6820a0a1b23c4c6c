/** What a stored row says, as 32 bytes: the same for every backend that holds the same row. */
import { createHash } from 'node:crypto';
import type { StorePart } from '../../ports/transfer.ts';

/** SHA-256 over the row in one form: names sorted, byte strings behind the rest. */
export function rowDigest(part: StorePart, row: object): Uint8Array {
  const blobs: Uint8Array[] = [];
  const text = JSON.stringify([part, canonical(row, blobs)]);
  const hash = createHash('sha256').update(text);
  for (const blob of blobs) hash.update(blob);
  return hash.digest();
}

/** A byte string stands by its length, so that two next to each other are not taken for others. */
function canonical(value: unknown, blobs: Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) {
    blobs.push(value);
    return { bytes: value.byteLength };
  }
  if (Array.isArray(value)) return value.map((one) => canonical(one, blobs));
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => [name, canonical(field, blobs)]);
}
