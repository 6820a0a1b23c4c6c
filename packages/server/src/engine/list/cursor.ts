/** Cursors: where a page ended, opaque to callers. */
import { MemoryError } from '../../domain/errors.ts';

export interface Cursor {
  readonly after: number;
  readonly order: 'asc' | 'desc';
  readonly epoch: number;
}

export function encodeCursor({ after, order, epoch }: Cursor): string {
  return Buffer.from(`${order}.${epoch}.${after}`).toString('base64url');
}

/** Throws invalid_cursor on anything that was not made by encodeCursor. */
export function decodeCursor(text: string): Cursor {
  const plain = text.length > 64 ? '' : Buffer.from(text, 'base64url').toString('latin1');
  const match = /^(asc|desc)\.(\d{1,10})\.(\d{1,10})$/.exec(plain);
  if (!match) throw new MemoryError('invalid_cursor');
  const [, order, epoch, after] = match;
  return { order: order === 'asc' ? 'asc' : 'desc', epoch: Number(epoch), after: Number(after) };
}
