/** Where an export stands after a line: what it shows, and the line's row. */
import { MemoryError } from '../../domain/errors.ts';
import type { ExportMark } from './export.ts';

export interface ExportCursor {
  readonly mark: ExportMark;
  readonly history: boolean;
  readonly ordinal: number;
}

export function encodeExportCursor({ mark, history, ordinal }: ExportCursor): string {
  const { epoch, seq, count, at, seal } = mark;
  const parts = [epoch, seq, count, at, history ? 1 : 0, ordinal, seal];
  return Buffer.from(`export.${parts.join('.')}`).toString('base64url');
}

/** Throws invalid_cursor on anything that was not made by encodeExportCursor. */
export function decodeExportCursor(text: string): ExportCursor {
  const plain = text.length > 160 ? '' : Buffer.from(text, 'base64url').toString('latin1');
  const [, numbers, seal] = /^export\.([\d.]{11,75})\.([0-9a-f]{32})$/.exec(plain) ?? [];
  const match = /^(\d{1,10})\.(\d{1,15})\.(\d{1,10})\.(\d{1,15})\.([01])\.(\d{1,10})$/.exec(
    numbers ?? '',
  );
  if (!match || seal === undefined) throw new MemoryError('invalid_cursor');
  const [epoch = 0, seq = 0, count = 0, at = 0, history, ordinal = 0] = match.slice(1).map(Number);
  return { mark: { epoch, seq, count, at, seal }, history: history === 1, ordinal };
}
