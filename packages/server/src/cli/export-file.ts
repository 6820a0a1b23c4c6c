/** What an export's file holds: all of it, a part, or something else. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { MemoryError } from '../domain/errors.ts';
import { splitLines } from '../util/split-lines.ts';

export type FileState =
  /** Not there, or nothing of use in it. */
  | { readonly kind: 'empty' }
  /** Up to `bytes` it has whole lines; the last of them has the cursor. */
  | { readonly kind: 'cut'; readonly bytes: number; readonly cursor: string }
  /** Its end fits what comes before it. */
  | { readonly kind: 'whole'; readonly count: number }
  | { readonly kind: 'foreign' };

/** More than a text of JavaScript can hold: with its history a line may be long. */
const lineBytesMax = 512 * 1024 * 1024;

/** Reads the file once, without holding more than a line. Throws when it ends with an error. */
export async function inspectExport(path: string): Promise<FileState> {
  const hash = createHash('sha256');
  let state: FileState = { kind: 'empty' };
  let bytes = 0;
  let lines = 0;
  try {
    const { size } = await stat(path);
    for await (const line of splitLines(createReadStream(path), lineBytesMax)) {
      const read = line.bytes && parse(line.bytes);
      const isFirst = lines++ === 0;
      if (isFirst && !isRecord(read?.reverie_export)) {
        return { kind: isCutHeader(line.bytes, size) ? 'empty' : 'foreign' };
      }
      // A server sends no empty lines: what stands behind one is not where it was.
      if (line.no !== lines) return { kind: 'foreign' };
      if (!read || !line.bytes) break;
      if (isRecord(read.reverie_export_end)) {
        const { count, sha256 } = read.reverie_export_end;
        const fits = sha256 === hash.digest('hex') && typeof count === 'number';
        return fits ? { kind: 'whole', count } : { kind: 'foreign' };
      }
      // The server said why it could not go on; it may be able to now.
      if (isRecord(read.error)) break;
      hash.update(line.bytes).update('\n');
      bytes += line.bytes.length + 1;
      // Cut before its line break.
      if (bytes > size) break;
      if (typeof read.cursor === 'string') state = { kind: 'cut', bytes, cursor: read.cursor };
    }
    return state;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return state;
    throw new MemoryError('invalid_request', `${path} cannot be read.`, { cause: error });
  }
}

/** Known by how it begins, and that nothing follows: any other file stays as it is. */
function isCutHeader(line: Uint8Array | undefined, fileBytes: number): boolean {
  const beginning = '{"reverie_export":';
  const text = Buffer.from(line?.subarray(0, beginning.length) ?? []).toString('utf8');
  return beginning.startsWith(text) && line?.length === fileBytes;
}

function parse(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
