/** Memory ids: `mem_` and a UUIDv7 (RFC 9562), so ids sort by the time they were made. */
import { MemoryError } from './errors.ts';
import type { MemoryId } from './memory.ts';

const pattern = /^mem_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A new id from milliseconds since 1970 and at least ten random bytes. */
export function makeMemoryId(nowMs: number, random: Uint8Array): MemoryId {
  return makeId('mem', nowMs, random) as MemoryId;
}

/** The same with another prefix, for what is no memory. */
export function makeId(prefix: string, nowMs: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  let time = nowMs;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const parts = [8, 12, 16, 20].map((end, i) => hex.slice([0, 8, 12, 16][i], end));
  return `${prefix}_${parts.join('-')}-${hex.slice(20)}`;
}

/** Checks an id from outside. Throws invalid_id. */
export function parseMemoryId(text: string): MemoryId {
  const lower = text.toLowerCase();
  if (!pattern.test(lower)) throw new MemoryError('invalid_id');
  return lower as MemoryId;
}
