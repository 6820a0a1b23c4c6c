/** An export as JSON lines: a header, one memory a line, and an end that proves it whole. */
import { createHash } from 'node:crypto';
import { MemoryError } from '../domain/errors.ts';
import type { Imported, Memory } from '../domain/memory.ts';
import { type ExportCursor, encodeExportCursor } from '../engine/export/cursor.ts';
import type { Export } from '../engine/export/export.ts';
import { wireError } from './errors.ts';
import { presentMemory } from './present.ts';

/** Raised when a reader of the former one would misread a line. */
export const exportFormat = 1;

export interface ExportLines {
  readonly namespace: string;
  readonly history: boolean;
  /** Lines up to this one were received: they are counted and hashed, but not sent again. */
  readonly after?: ExportCursor;
  /** For the log: the receiver only learns the code. */
  onFault(error: unknown): void;
}

/** A fault on the way becomes a last line `{"error": ...}`, and no end follows. */
export async function* exportLines(
  { mark, memories }: Export,
  { namespace, history, after, onFault }: ExportLines,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  const encode = (value: unknown): Uint8Array => {
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    hash.update(line);
    return line;
  };
  try {
    const start = {
      format: exportFormat,
      namespace,
      epoch: mark.epoch,
      seq: mark.seq,
      count: mark.count,
      exported_at: new Date(mark.at).toISOString(),
      history,
    };
    const header = encode({ reverie_export: start });
    if (!after) yield header;
    let count = 0;
    for await (const { memory, history: former } of memories) {
      const { ordinal } = memory;
      const line = encode({
        ...exportedFields(memory),
        ...(history && { history: former.map(exportedFields) }),
        cursor: encodeExportCursor({ mark, history, ordinal }),
      });
      count += 1;
      if (!after || ordinal > after.ordinal) yield line;
    }
    // Expired ones, and those that were erased while it ran.
    const leftOut = Math.max(0, mark.count - count);
    const end = { count, left_out: leftOut, sha256: hash.digest('hex') };
    yield encodeLast({ reverie_export_end: end });
  } catch (error) {
    onFault(error);
    const known = MemoryError.isInstance(error) ? error : new MemoryError('internal');
    yield encodeLast(wireError(known));
  }
}

const encodeLast = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);

/** What a memory is, without what the server derives from it. */
function exportedFields(memory: Memory) {
  const { content, namespace, indexed, ...fields } = presentMemory(memory);
  const { derivedFrom, origin, imported } = memory.body;
  const { supersededAt } = memory;
  return {
    ...fields,
    superseded_at: supersededAt === null ? null : new Date(supersededAt).toISOString(),
    derived_from: derivedFrom,
    origin,
    ...(imported && { imported: presentImported(imported) }),
  };
}

function presentImported({ from, id, createdAt }: Imported) {
  return {
    from,
    ...(id !== undefined && { id }),
    ...(createdAt !== undefined && { created_at: new Date(createdAt).toISOString() }),
  };
}
