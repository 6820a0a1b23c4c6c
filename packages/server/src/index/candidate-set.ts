/** The candidates of all signals with their thread neighbours, each document once. */
import type { Corpus } from './corpus.ts';
import { type Eligible, eligibleMark } from './eligibility.ts';
import type { SearchScratch } from './search-scratch.ts';

export interface CandidateSet {
  /** The candidates, then the neighbours that are only needed to score them. */
  readonly docs: number[];
  /** How many of `docs` are candidates. */
  readonly count: number;
  /** Neighbours of candidate i in its thread. */
  readonly neighbours: readonly (readonly Neighbour[])[];
}

export interface Neighbour {
  /** Place in `docs`. */
  readonly at: number;
  /** How much of its words counts. */
  readonly weight: number;
}

export function gatherCandidates(
  corpus: Corpus,
  eligible: Eligible,
  found: readonly { readonly docs: Uint32Array; readonly count: number }[],
  weights: readonly number[],
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
    eachNeighbour(corpus, eligible, docs[i] ?? 0, weights, place);
  }
  const count = docs.length;
  const neighbours: Neighbour[][] = [];
  for (let i = 0; i < count; i += 1) {
    const found: Neighbour[] = [];
    eachNeighbour(corpus, eligible, docs[i] ?? 0, weights, (doc, weight) => {
      found.push({ at: place(doc), weight });
    });
    neighbours.push(found);
  }
  for (const doc of docs) places[doc] = 0;
  return { docs, count, neighbours };
}

/** One eligible passage per weight on each side in the thread, skipping the others. */
function eachNeighbour(
  corpus: Corpus,
  eligible: Eligible,
  doc: number,
  weights: readonly number[],
  visit: (doc: number, weight: number) => void,
): void {
  const part = corpus.part(doc);
  const number = part.columns.threads[doc - part.base] ?? 0;
  const thread = corpus.threads.all[number];
  if (number === 0 || thread === undefined || weights.length === 0) return;
  if ((eligible.threadCounts[number] ?? 0) < 2) return;
  const at = thread.indexOf(doc, corpus);
  const walk = (step: number): void => {
    let distance = 0;
    for (let i = at + step; i >= 0 && i < thread.count && distance < weights.length; i += step) {
      const neighbour = thread.docs[i] ?? 0;
      if (eligible.marks[neighbour] !== eligibleMark.passage) continue;
      visit(neighbour, weights[distance] ?? 0);
      distance += 1;
    }
  };
  walk(-1);
  walk(1);
}
