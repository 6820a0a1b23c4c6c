/** BM25 of whole threads: how much of the question is spoken of around a passage. */

import type { Bm25 } from './bm25.ts';
import { idf, type Saturation, saturate, saturation } from './bm25.ts';
import type { Corpus } from './corpus.ts';
import { type Eligible, eligibleMark } from './eligibility.ts';
import type { PlannedTerm } from './planned-terms.ts';
import { countBits, countMax } from './posting-list.ts';

export interface ThreadScores {
  /** Score per thread number. */
  readonly byThread: Float64Array;
  /** For passages without a thread: each is a thread of its own. */
  readonly idfs: readonly number[];
  readonly by: Saturation;
}

/** Threads are documents among threads: frequencies and mean length count threads. */
export function scoreThreads(
  corpus: Corpus,
  eligible: Eligible,
  terms: readonly PlannedTerm[],
  bm25: Bm25,
): ThreadScores {
  const count = corpus.threads.all.length;
  const threads = threadsOf(eligible, count);
  const by = saturation(bm25, threads === 0 ? 0 : eligible.length / threads);
  const byThread = new Float64Array(count);
  const counts = new Float64Array(count);
  const idfs = terms.map((term) => {
    if (term.frequency > eligible.passages * bm25.threadShare) return 0;
    const touched: number[] = [];
    const alone = countInThreads(corpus, eligible, term, counts, touched);
    const weight = idf(threads, touched.length + alone);
    for (const thread of touched) {
      const length = eligible.threadLengths[thread] ?? 0;
      const score = weight * saturate(by, counts[thread] ?? 0, length);
      byThread[thread] = (byThread[thread] ?? 0) + score;
      counts[thread] = 0;
    }
    return weight;
  });
  return { byThread, idfs, by };
}

/** Threads with an eligible passage, passages without a thread counted as one each. */
function threadsOf(eligible: Eligible, count: number): number {
  let threads = 0;
  let inThreads = 0;
  for (let thread = 1; thread < count; thread += 1) {
    const passages = eligible.threadCounts[thread] ?? 0;
    if (passages > 0) threads += 1;
    inThreads += passages;
  }
  return threads + eligible.passages - inThreads;
}

/** Adds a term's counts up by thread. Returns how many passages without a thread have it. */
function countInThreads(
  corpus: Corpus,
  { marks }: Eligible,
  { hits, single }: PlannedTerm,
  counts: Float64Array,
  touched: number[],
): number {
  let alone = 0;
  corpus.parts.forEach((part, slot) => {
    if (part === null) return;
    const { threads } = part.columns;
    const seenAlone = single ? null : new Set<number>();
    for (const { list, weight } of hits[slot] ?? []) {
      const { data, start, end } = list;
      for (let i = start; i < end; i += 1) {
        const posting = data[i] ?? 0;
        const local = posting >> countBits;
        if (marks[part.base + local] !== eligibleMark.passage) continue;
        const thread = threads[local] ?? 0;
        if (thread === 0) {
          if (seenAlone?.has(local)) continue;
          seenAlone?.add(local);
          alone += 1;
          continue;
        }
        const before = counts[thread] ?? 0;
        if (before === 0) touched.push(thread);
        counts[thread] = before + (posting & countMax) * weight;
      }
    }
  });
  return alone;
}
