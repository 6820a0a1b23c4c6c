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
 * `extra` are documents that are scored too, whether or not a signal found them.
 *
 * The set lives in the scratch arrays, until the next one. While it is in use, `scratch.places`
 * holds the place of each of its documents plus one; {@link releaseCandidates} clears it.
 */
export function gatherCandidates(
  corpus: Corpus,
  eligible: Eligible,
  found: readonly { readonly docs: Uint32Array; readonly count: number }[],
  window: number,
  extra: readonly number[],
  scratch: SearchScratch,
): CandidateSet {
  const reach = 2 * window;
  scratch.fitSet(
    found.reduce((sum, top) => sum + top.count, extra.length),
    reach,
  );
  const { places, setDocs: docs, setNeighbours: neighbours } = scratch;
  let length = 0;
  const place = (doc: number): number => {
    const known = places[doc] ?? 0;
    if (known !== 0) return known - 1;
    docs[length] = doc;
    length += 1;
    places[doc] = length;
    return length - 1;
  };
  for (const top of found) for (let i = 0; i < top.count; i += 1) place(top.docs[i] ?? 0);
  const direct = length;
  // Only the nearest may themselves be found; those further off are there to be read with them.
  const nearest = Math.min(window, 1);
  for (let i = 0; i < direct; i += 1) {
    visitNeighbours(corpus, eligible, docs[i] ?? 0, nearest, place);
  }
  // Those that are only asked after bring no neighbours: the others are ranked as without them.
  for (const doc of extra) place(doc);
  const count = length;
  neighbours.fill(-1, 0, count * reach);
  for (let i = 0; i < count; i += 1) {
    visitNeighbours(corpus, eligible, docs[i] ?? 0, window, (doc, slot) => {
      neighbours[i * reach + slot] = place(doc);
    });
  }
  return { docs: docs.subarray(0, length), count, neighbours, reach };
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
