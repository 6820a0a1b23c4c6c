/** The candidates of all signals with their thread neighbours, each document once. */
import type { Corpus } from './corpus.ts';
import { type Eligible, eligibleMark } from './eligibility.ts';
import type { SearchScratch } from './search-scratch.ts';

export interface CandidateSet {
  /** The candidates, then the neighbours that are only needed to score them. */
  readonly docs: number[];
  /** How many of `docs` are candidates. */
  readonly count: number;
  /** Neighbours of candidate i: places in `docs`. */
  readonly neighbours: readonly (readonly number[])[];
}

export function gatherCandidates(
  corpus: Corpus,
  eligible: Eligible,
  found: readonly { readonly docs: Uint32Array; readonly count: number }[],
  window: number,
  scratch: SearchScratch,
): CandidateSet {
  const { places } = scratch;
  const docs: number[] = [];
  const place = (doc: number): number => {
    const known = places[doc] ?? 0;
    if (known !== 0) return known - 1;
    docs.push(doc);
    places[doc] = docs.length;
    return docs.length - 1;
  };
  for (const top of found) for (let i = 0; i < top.count; i += 1) place(top.docs[i] ?? 0);
  const direct = docs.length;
  for (let i = 0; i < direct; i += 1) {
    for (const doc of neighboursOf(corpus, eligible, docs[i] ?? 0, window)) place(doc);
  }
  const count = docs.length;
  const neighbours: number[][] = [];
  for (let i = 0; i < count; i += 1) {
    neighbours.push(neighboursOf(corpus, eligible, docs[i] ?? 0, window).map(place));
  }
  for (const doc of docs) places[doc] = 0;
  return { docs, count, neighbours };
}

/** Up to `window` eligible passages on each side in the thread, skipping the others. */
function neighboursOf(corpus: Corpus, eligible: Eligible, doc: number, window: number): number[] {
  const part = corpus.part(doc);
  const number = part.columns.threads[doc - part.base] ?? 0;
  const thread = corpus.threads.all[number];
  if (number === 0 || thread === undefined || window === 0) return [];
  if ((eligible.threadCounts[number] ?? 0) < 2) return [];
  const at = thread.indexOf(doc, corpus);
  const docs: number[] = [];
  const walk = (step: number): void => {
    let left = window;
    for (let i = at + step; i >= 0 && i < thread.count && left > 0; i += step) {
      const neighbour = thread.docs[i] ?? 0;
      if (eligible.marks[neighbour] !== eligibleMark.passage) continue;
      docs.push(neighbour);
      left -= 1;
    }
  };
  walk(-1);
  walk(1);
  return docs;
}
