/** How often each query term occurs in each of a few documents. */
import type { Corpus } from './corpus.ts';
import type { Hit, PlannedTerm } from './planned-terms.ts';
import { countBits, countMax, type PostingList } from './posting-list.ts';

/** Weighted counts: row `i` is `docs[i]`, column `t` is `terms[t]`. */
export function countTerms(
  corpus: Corpus,
  docs: readonly number[],
  terms: readonly PlannedTerm[],
): Float32Array {
  const table = new Float32Array(docs.length * terms.length);
  const order = Uint32Array.from(docs.keys()).sort((a, b) => (docs[a] ?? 0) - (docs[b] ?? 0));
  let start = 0;
  while (start < order.length) {
    const slot = slotOf(corpus, docs, order, start);
    let end = start + 1;
    while (end < order.length && slotOf(corpus, docs, order, end) === slot) end += 1;
    const base = slot << corpus.shift;
    const group = order.subarray(start, end);
    terms.forEach(({ hits }, column) => {
      for (const hit of hits[slot] ?? []) {
        countHit(hit, docs, group, base, (row, count) => {
          const at = row * terms.length + column;
          table[at] = (table[at] ?? 0) + count;
        });
      }
    });
    start = end;
  }
  return table;
}

function slotOf(corpus: Corpus, docs: readonly number[], order: Uint32Array, at: number): number {
  return (docs[order[at] ?? 0] ?? 0) >>> corpus.shift;
}

/** Both sides ascend, so each binary search starts where the last one ended. */
function countHit(
  { list, weight }: Hit,
  docs: readonly number[],
  group: Uint32Array,
  base: number,
  add: (row: number, count: number) => void,
): void {
  let from = list.start;
  for (const row of group) {
    const local = (docs[row] ?? 0) - base;
    from = lowerBound(list, from, local);
    if (from >= list.end) return;
    const posting = list.data[from] ?? 0;
    if (posting >> countBits === local) add(row, (posting & countMax) * weight);
  }
}

function lowerBound({ data, end }: PostingList, from: number, local: number): number {
  const wanted = local << countBits;
  let low = from;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((data[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
