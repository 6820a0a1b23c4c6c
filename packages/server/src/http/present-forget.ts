/** Answers and receipts of forgetting as the wire shows them. */
import type { ForgetAnswer } from '../engine/forget/forget.ts';
import { type ForgetCounts, type ForgetReceipt, outOfReach } from '../engine/forget/receipt.ts';
import { iso } from './present.ts';

export function presentForget({ namespace, isDryRun, counts, receipt }: ForgetAnswer) {
  const forgotten = isDryRun ? 0 : counts.memories;
  return {
    ok: true,
    dry_run: isDryRun,
    forgotten,
    deleted: forgotten > 0,
    namespace: namespace ?? null,
    counts: presentCounts(counts),
    receipt: receipt === undefined ? null : presentReceipt(receipt),
  };
}

export function presentReceipt(receipt: ForgetReceipt) {
  const { id, state, selector, namespace, namespaceGone, hidden } = receipt;
  const { counts, askedAt, erasedAt } = receipt;
  // While it runs, the newest change is not the last one.
  const isHidden = state !== 'running' && hidden !== undefined;
  return {
    id,
    state,
    selector,
    namespace: namespace ?? null,
    namespace_gone: namespaceGone ?? false,
    counts: presentCounts(counts),
    asked_at: iso(askedAt),
    hidden: isHidden ? { seq: hidden.seq, at: iso(hidden.at) } : null,
    erased_at: erasedAt === undefined ? null : iso(erasedAt),
    out_of_reach: [
      ...Object.entries(outOfReach).map(([what, note]) => ({ what, note })),
      ...receipt.leftIn.map((system) => ({ what: 'vectors', note: vectorsLeft(system) })),
    ],
  };
}

function vectorsLeft(system: string): string {
  return `Vectors in ${system}, which is not in use any more; "reverie drop-vectors" empties it.`;
}

function presentCounts({ memories, derived, versions, vectors, attachments, kept }: ForgetCounts) {
  return { memories, derived, versions, vectors, attachments, kept };
}
