/** Where a page of a history ended, opaque to callers. */
import { MemoryError } from '../../domain/errors.ts';
import { parseMemoryId } from '../../domain/ids.ts';
import type { MemoryId } from '../../domain/memory.ts';

/** Null: nothing of it is left. */
export interface HistoryPlace {
  /** Versions before this one come next. */
  readonly below: number | null;
  /** The next older and the next newer fact of the chain. */
  readonly before: MemoryId | null;
  readonly after: MemoryId | null;
}

/** `seal`: 32 hexadecimal digits that only the same history gives for the place. */
export function encodeHistoryCursor({ below, before, after }: HistoryPlace, seal: string): string {
  const parts = [below ?? '', before ?? '', after ?? '', seal];
  return Buffer.from(`history.${parts.join('.')}`).toString('base64url');
}

/** Throws invalid_cursor on anything that was not made by encodeHistoryCursor. */
export function decodeHistoryCursor(text: string): HistoryPlace & { readonly seal: string } {
  const plain = text.length > 256 ? '' : Buffer.from(text, 'base64url').toString('latin1');
  const match = /^history\.(\d{0,10})\.([\w-]*)\.([\w-]*)\.([0-9a-f]{32})$/.exec(plain);
  const [, below, before, after, seal] = match ?? [];
  if (seal === undefined) throw new MemoryError('invalid_cursor');
  return {
    below: below ? Number(below) : null,
    before: before ? parseMemoryId(before) : null,
    after: after ? parseMemoryId(after) : null,
    seal,
  };
}
