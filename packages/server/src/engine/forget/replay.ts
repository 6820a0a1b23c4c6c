/** Answers a forget that was carried out before, from its receipt. */
import type { JsonObject, NamespaceName } from '../../domain/memory.ts';
import type { KeptReceipt } from '../../ports/records.ts';
import type { ForgetReceipt, ForgetRequest } from './forget.ts';

interface ForgetNote {
  readonly forgotten: number;
  readonly at: number;
  /** Where the request did not name it. */
  readonly namespace?: NamespaceName;
}

/** Of what is about to be done: its change and time come with the commit. */
export function noteOf({ namespace: named }: ForgetRequest, done: ForgetReceipt): JsonObject {
  const { namespace, forgotten, at } = done;
  return { forgotten, at, ...(named === undefined && { namespace }) };
}

export function replayForget(request: ForgetRequest, receipt: KeptReceipt): ForgetReceipt {
  const note = JSON.parse(receipt.note) as ForgetNote;
  const namespace = request.namespace ?? note.namespace;
  if (namespace === undefined) throw new Error('A receipt of forget has no namespace.');
  const { applied } = receipt;
  const { forgotten } = note;
  if (applied === null) return { namespace, forgotten, at: note.at };
  return { namespace, forgotten, seq: applied.seq, at: applied.updatedAt };
}
