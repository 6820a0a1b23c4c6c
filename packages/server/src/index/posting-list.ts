/** How one posting is packed, and what a list of them is. */

/** The six low bits of a posting are the count of the term. */
export const countBits = 6;
/** Counts above are kept as this: at 63 BM25 is within 2 % of its limit. */
export const countMax = (1 << countBits) - 1;
/** The ten bits above are the local document number. */
export const partCapacityMax = 1 << (16 - countBits);

/** Postings of one term in `data[start..end)`, ascending by document. */
export interface PostingList {
  readonly data: Uint16Array;
  readonly start: number;
  readonly end: number;
}

export function packPosting(local: number, count: number): number {
  return (local << countBits) | Math.min(count, countMax);
}
