/** Reads a list of erasures as it lies on disk, whether a server appends to it or not. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { MemoryError } from '../../domain/errors.ts';
import type { Erasure } from '../../ports/erasures.ts';
import { splitLines } from '../../util/split-lines.ts';
import { decodeErasure } from './erasure-line.ts';

/** Far more than a step of a forget needs. */
export const lineBytesMax = 256 * 1024;

export interface ListedErasure {
  readonly erasure: Erasure;
  /** As it stands in the file. */
  readonly line: string;
  /** Bytes of the file up to its end. */
  readonly end: number;
}

export interface ListReading {
  readonly erasures: readonly ListedErasure[];
  /** Numbers of lines that cannot be read. */
  readonly damaged: readonly number[];
}

/**
 * A file that is not there is an empty list, and a last line without its line break was promised
 * to nobody. Throws store_damaged for something else than a list, and the system's errors.
 */
export async function readErasures(path: string): Promise<ListReading> {
  const size = (await stat(path).catch(ifMissing))?.size ?? 0;
  const erasures: ListedErasure[] = [];
  const damaged: number[] = [];
  if (size === 0) return { erasures, damaged };
  let textBytes = 0;
  const source = createReadStream(path, { end: size - 1 });
  for await (const { no, bytes } of splitLines(source, lineBytesMax)) {
    if (bytes === undefined) throw foreignList(path);
    textBytes += bytes.length;
    // Every line, an empty one too, has one line break.
    const end = textBytes + no;
    if (end > size) break;
    const line = Buffer.from(bytes).toString('utf8');
    const erasure = decodeErasure(line);
    if (erasure) erasures.push({ erasure, line, end });
    else damaged.push(no);
  }
  if (erasures.length === 0 && damaged.length > 0) throw foreignList(path);
  return { erasures, damaged };
}

export function foreignList(path: string): MemoryError {
  const message = `${path} is no list of erasures, or a damaged one. Move it away, or mend it.`;
  return new MemoryError('store_damaged', message);
}

function ifMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
