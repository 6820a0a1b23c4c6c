/** What a batch adds to the bytes that a tenant keeps. */
import type { RecordOp } from './records.ts';

/** A new body adds its bytes, since the former one is kept as history. */
export function bodyBytesOf(ops: readonly RecordOp[]): number {
  return ops.reduce((sum, op) => sum + (op.op === 'erase' ? 0 : (op.body?.length ?? 0)), 0);
}
