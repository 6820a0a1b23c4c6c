/** The candidates of all signals with their thread neighbours, each document once. */
import type { Corpus } from './corpus.ts';
import { type Eligible, eligibleMark } from './eligibility.ts';
import type { SearchScratch } from './search-scratch.ts';
import type { Thread } from './thread.ts';

export interface CandidateSet {
  /** The candidates, then the neighbours that are only needed to score them. */
  readonly docs: Uint32Array;
  /** How many of `docs` are candidates. */
  readonly count: number;
  /**
   * Places in `docs` of the neighbours, -1 where there is none: `reach` per candidate, those before
   * it from near to far, then those after it from near to far.
   */
  readonly neighbours: Int32Array;
  readonly reach: number;
}

/**
 * While the set is in use, `scratch.places` holds the place of each of its documents plus one;
 * {@link releaseCandidates} clears it.
 */
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
  const reach = 2 * window;
  const direct = docs.length;
  const neighbours: number[] = [];
  const visit = (i: number): void => {
    const start = neighbours.length;
    for (let n = 0; n < reach; n += 1) neighbours.push(-1);
    visitNeighbours(corpus, eligible, docs[i] ?? 0, window, (doc, slot) => {
      neighbours[start + slot] = place(doc);
    });
  };
  // Only the nearest may themselves be found; those further off are there to be read with them.
  const nearest = Math.min(window, 1);
  for (let i = 0; i < direct; i += 1) {
    visitNeighbours(corpus, eligible, docs[i] ?? 0, nearest, place);
  }
  const count = docs.length;
  for (let i = 0; i < count; i += 1) visit(i);
  return { docs: Uint32Array.from(docs), count, neighbours: Int32Array.from(neighbours), reach };
}

export function releaseCandidates(set: CandidateSet, scratch: SearchScratch): void {
  for (const doc of set.docs) scratch.places[doc] = 0;
}

/** Up to `window` eligible passages on each side in the thread, skipping the others. The slot is
 * the neighbour's place among the `reach` of its candidate. */
function visitNeighbours(
  corpus: Corpus,
  eligible: Eligible,
  doc: number,
  window: number,
  use: (doc: number, slot: number) => void,
): void {
  const part = corpus.part(doc);
  const number = part.columns.threads[doc - part.base] ?? 0;
  const thread = corpus.threads.all[number];
  if (window === 0 || number === 0 || thread === undefined) return;
  if ((eligible.threadCounts[number] ?? 0) < 2) return;
  const at = thread.indexOf(doc, corpus);
  walk(thread, eligible.marks, at, -1, window, use);
  walk(thread, eligible.marks, at, 1, window, (doc, slot) => use(doc, window + slot));
}

function walk(
  thread: Thread,
  marks: Uint8Array,
  from: number,
  step: number,
  window: number,
  use: (doc: number, slot: number) => void,
): void {
  let slot = 0;
  for (let i = from + step; i >= 0 && i < thread.count && slot < window; i += step) {
    const neighbour = thread.docs[i] ?? 0;
    if (marks[neighbour] !== eligibleMark.passage) continue;
    use(neighbour, slot);
    slot += 1;
  }
}
