/** How often each query term occurs in each of a few documents. */
import type { CandidateSet } from './candidate-set.ts';
import type { Corpus } from './corpus.ts';
import type { Hit, PlannedTerm } from './planned-terms.ts';
import { countBits, countMax, type PostingList } from './posting-list.ts';
import type { SearchScratch } from './search-scratch.ts';

/** Weighted counts: row `i` is `set.docs[i]`, column `t` is `terms[t]`. */
export function countTerms(
  corpus: Corpus,
  set: CandidateSet,
  terms: readonly PlannedTerm[],
  { places }: SearchScratch,
): Float32Array {
  const docs = set.docs.slice().sort();
  const table = { counts: new Float32Array(docs.length * terms.length), width: terms.length };
  let start = 0;
  while (start < docs.length) {
    const slot = (docs[start] ?? 0) >>> corpus.shift;
    const base = slot << corpus.shift;
    const after = base + (1 << corpus.shift);
    let end = start + 1;
    while (end < docs.length && (docs[end] ?? 0) < after) end += 1;
    const group = { docs, places, start, end, base };
    for (let column = 0; column < terms.length; column += 1) {
      const hits = terms[column]?.hits[slot];
      if (hits === undefined) continue;
      for (const hit of hits) countHit(hit, group, table, column);
    }
    start = end;
  }
  return table.counts;
}

/** Documents of one part, ascending, with the place of each in the set plus one. */
interface Group {
  readonly docs: Uint32Array;
  readonly places: Int32Array;
  readonly start: number;
  readonly end: number;
  readonly base: number;
}

/** Both sides ascend, so each search starts where the last one ended. */
function countHit(
  { list, weight }: Hit,
  { docs, places, start, end, base }: Group,
  { counts, width }: { counts: Float32Array; width: number },
  column: number,
): void {
  let from = list.start;
  for (let i = start; i < end; i += 1) {
    const doc = docs[i] ?? 0;
    const local = doc - base;
    from = advance(list, from, local);
    if (from >= list.end) return;
    const posting = list.data[from] ?? 0;
    if (posting >> countBits !== local) continue;
    const at = ((places[doc] ?? 1) - 1) * width + column;
    counts[at] = (counts[at] ?? 0) + (posting & countMax) * weight;
  }
}

/** The first posting at or behind `from` that is not before `local`, by growing steps. */
function advance({ data, end }: PostingList, from: number, local: number): number {
  const wanted = local << countBits;
  let low = from;
  let high = from;
  for (let step = 1; high < end && (data[high] ?? 0) < wanted; step *= 2) {
    low = high + 1;
    high += step;
  }
  if (high > end) high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((data[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
