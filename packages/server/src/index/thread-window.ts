/** How much the neighbours in the thread add to a passage, and how large a window is. */
import type { Eligible } from './eligibility.ts';

/**
 * Terms of a passage that says enough by itself: beyond, its neighbours count in proportion less.
 * A turn of a chat needs its neighbours, a page does not: with pages, neighbours at full weight
 * cost recall@1 in ten of twelve languages (docs/decisions/2026-11-21-fusion.md).
 */
const enoughTerms = 45;

/** Factor on the weights of neighbours, 0 to 1, for a passage of that many terms. */
export function neighbourShare(length: number): number {
  return length <= enoughTerms ? 1 : enoughTerms / length;
}

/**
 * Number of passages in a thread window of the mean passage, neighbours counted by their weights
 * and the passage itself as one. With the mean passage length it gives the length of a window.
 */
export function meanWindow(
  eligible: Eligible,
  weights: readonly number[],
  meanLength: number,
): number {
  if (eligible.passages === 0 || weights.length === 0) return 1;
  const { threadCounts } = eligible;
  let neighbours = 0;
  // Place 0 counts the passages without a thread.
  for (let thread = 1; thread < threadCounts.length; thread += 1) {
    const count = threadCounts[thread] ?? 0;
    for (let i = 0; i < weights.length && i + 1 < count; i += 1) {
      // At distance d a thread of n passages has n - d pairs, and each has two sides.
      neighbours += 2 * (count - i - 1) * (weights[i] ?? 0);
    }
  }
  return 1 + (neighbourShare(meanLength) * neighbours) / eligible.passages;
}
