/** Cursors: where a page ended, opaque to callers. */
import { MemoryError } from '../../domain/errors.ts';

export interface Cursor {
  /** The last row of the page. */
  readonly after: number;
  /** 32 hexadecimal digits that only the same list gives. */
  readonly seal: string;
}

export function encodeCursor({ after, seal }: Cursor): string {
  return Buffer.from(`${after}.${seal}`).toString('base64url');
}

/** Throws invalid_cursor on anything that was not made by encodeCursor. */
export function decodeCursor(text: string): Cursor {
  const plain = text.length > 64 ? '' : Buffer.from(text, 'base64url').toString('latin1');
  const match = /^(\d{1,10})\.([0-9a-f]{32})$/.exec(plain);
  const [, after, seal] = match ?? [];
  if (after === undefined || seal === undefined) throw new MemoryError('invalid_cursor');
  const cursor = { after: Number(after), seal };
  // A decoder of base64 overlooks what does not belong there.
  if (encodeCursor(cursor) !== text) throw new MemoryError('invalid_cursor');
  return cursor;
}
