/** A batch as the function `apply_batches` takes it. */
import { limits } from '../../domain/limits.ts';
import { isHeld } from '../../ports/control.ts';
import { type Batch, changeOps, type Receipt, type RecordOp } from '../../ports/records.ts';
import { bodyBytesOf } from '../../ports/stored-bytes.ts';
import type { Blobs } from './blobs.ts';
import { encodeColumns, hexOfKeyHash } from './row-codec.ts';

/** `now` is the time of its caller, who may have waited since. */
export function encodeBatch(batch: Batch, now: number, blobs: Blobs): object {
  const { generation = 0, ops, expect = [], receipts = [], documents = [] } = batch;
  return {
    now,
    generation,
    namespacesMax: limits.namespacesMax,
    ordinalMax: limits.ordinalMax,
    bytes: bodyBytesOf(ops),
    bytesMax: batch.storedBytesMax,
    ops: ops.map((op) => encodeOp(op, blobs)),
    expect: expect.map(({ keyHash, fact }) => ({ key: hexOfKeyHash(keyHash), ...fact })),
    unchanged: (batch.unchanged ?? []).map(({ ordinal, version }) => [ordinal, version]),
    receipts: encodeReceipts(receipts, blobs),
    documents: documents.map(({ key, value, expected, stamp }) => ({
      key: blobs.addText(key),
      expected,
      ...(isHeld(key) && { held: true }),
      ...(stamp === undefined
        ? { value: blobs.addText(JSON.stringify(value)) }
        : { value: blobs.addText(openFor(stamp, value)), stamped: true }),
    })),
  };
}

export function encodeReceipts(
  receipts: readonly (Receipt & { readonly op?: number })[],
  blobs: Blobs,
): object[] {
  return receipts.map(({ id, part, fingerprint, note, expiresAt, op }) => ({
    id: hexOfKeyHash(id),
    part,
    fingerprint: hexOfKeyHash(fingerprint),
    note: blobs.addText(note),
    expires: expiresAt,
    op,
  }));
}

function encodeOp(op: RecordOp, blobs: Blobs): object {
  const code = changeOps.indexOf(op.op);
  if (op.op === 'erase') {
    return { type: 'erase', code, ordinal: op.ordinal, expected: op.expectedVersion };
  }
  const vectors = (op.vectors ?? []).map((one) => [one.generation, blobs.orNull(one.vectors)]);
  if (op.op === 'put') {
    return {
      ...{ type: 'put', code, version: op.version ?? 1, columns: encodeColumns(op.columns) },
      ...{ body: blobs.add(op.body), analysis: blobs.orNull(op.analysis), vectors },
    };
  }
  return {
    ...{ type: 'update', code, ordinal: op.ordinal, expected: op.expectedVersion, vectors },
    columns: encodeColumns(op.columns ?? {}),
    ...(op.body && { body: blobs.add(op.body) }),
    ...(op.analysis !== undefined && { analysis: blobs.orNull(op.analysis) }),
    ...(op.keepsVectors && { keepsVectors: true }),
  };
}

/** The document up to its stamp, which the store writes, together with the last brace. */
function openFor(stamp: string, value: object): string {
  const others = Object.entries(value).filter(([name]) => name !== stamp);
  const start = JSON.stringify(Object.fromEntries(others)).slice(0, -1);
  return `${start}${others.length > 0 ? ',' : ''}${JSON.stringify(stamp)}:`;
}
