/** Every signal's score for every candidate, alone and in its thread window. */
import { type Saturation, saturate } from './bm25.ts';
import type { CandidateSet } from './candidate-set.ts';
import type { Corpus } from './corpus.ts';
import type { PlannedTerm } from './planned-terms.ts';
import type { ThreadScores } from './score-threads.ts';
import { countTerms } from './term-counts.ts';
import type { IndexCandidates } from './types.ts';

/** Terms and entities that have a bit in the masks of matches. */
const maskBits = 32;

export interface ScoreOptions {
  readonly words: readonly PlannedTerm[];
  readonly entities: readonly PlannedTerm[];
  /** For passages, and for passages with their neighbours. */
  readonly alone: Saturation;
  readonly windowed: Saturation;
  /** Whole threads, or null when the thread window is off. */
  readonly threads: ThreadScores | null;
  /** Cosine per document, or null without a query vector. */
  readonly cosines: Float32Array | null;
}

type Scores = Omit<
  IndexCandidates,
  'eligible' | 'termFrequencies' | 'entityFrequencies' | 'languages' | 'seq'
>;
type Places = { readonly set: CandidateSet; readonly i: number };

/** Candidates ascend by ordinal and passage, so that equal indexes give equal answers. */
export function scoreCandidates(corpus: Corpus, set: CandidateSet, options: ScoreOptions): Scores {
  const { words, entities } = options;
  const scores = emptyScores(set.count);
  const counts = countTerms(corpus, set.docs, [...words, ...entities]);
  const width = words.length + entities.length;
  const sorted = Uint32Array.from({ length: set.count }, (_, i) => i).sort((a, b) => {
    const docA = set.docs[a] ?? 0;
    const docB = set.docs[b] ?? 0;
    return (
      corpus.ordinal(docA) - corpus.ordinal(docB) || corpus.passage(docA) - corpus.passage(docB)
    );
  });
  sorted.forEach((i, out) => {
    const doc = set.docs[i] ?? 0;
    const { columns, base } = corpus.part(doc);
    const local = doc - base;
    scores.ordinals[out] = columns.ordinals[local] ?? 0;
    scores.passages[out] = columns.passages[local] ?? 0;
    scores.occurredAt[out] = columns.occurredAt[local] ?? 0;
    scores.threads[out] = columns.threads[local] ?? 0;
    scoreWords(corpus, { set, i }, counts, width, options, scores, out);
    scoreEntities(counts, i * width + words.length, entities, scores, out);
    scores.vector[out] = cosineOf(corpus, doc, options.cosines);
    scores.threadText[out] = threadScore(corpus, doc, counts, i * width, options);
  });
  return scores;
}

function emptyScores(count: number): Scores {
  return {
    count,
    ordinals: new Uint32Array(count),
    passages: new Uint16Array(count),
    text: new Float32Array(count),
    textWindow: new Float32Array(count),
    threadText: new Float32Array(count),
    vector: new Float32Array(count),
    entity: new Float32Array(count),
    matchedTerms: new Uint32Array(count),
    matchedEntities: new Uint32Array(count),
    occurredAt: new Float64Array(count),
    threads: new Uint32Array(count),
  };
}

function lengthOf(corpus: Corpus, doc: number): number {
  const { columns, base } = corpus.part(doc);
  return columns.lengths[doc - base] ?? 0;
}

function scoreWords(
  corpus: Corpus,
  { set, i }: Places,
  counts: Float32Array,
  width: number,
  { words, alone, windowed }: ScoreOptions,
  scores: Scores,
  out: number,
): void {
  const neighbours = set.neighbours[i] ?? [];
  const length = lengthOf(corpus, set.docs[i] ?? 0);
  let windowLength = length;
  for (const { at, weight } of neighbours) {
    windowLength += weight * lengthOf(corpus, set.docs[at] ?? 0);
  }
  let text = 0;
  let textWindow = 0;
  let matched = 0;
  for (let t = 0; t < words.length; t += 1) {
    const idf = words[t]?.idf ?? 0;
    const count = counts[i * width + t] ?? 0;
    let windowCount = count;
    for (const { at, weight } of neighbours) windowCount += weight * (counts[at * width + t] ?? 0);
    if (windowCount === 0) continue;
    textWindow += idf * saturate(windowed, windowCount, windowLength);
    if (count === 0) continue;
    text += idf * saturate(alone, count, length);
    if (t < maskBits) matched |= 1 << t;
  }
  scores.text[out] = text;
  scores.textWindow[out] = textWindow;
  scores.matchedTerms[out] = matched;
}

function scoreEntities(
  counts: Float32Array,
  start: number,
  entities: readonly PlannedTerm[],
  scores: Scores,
  out: number,
): void {
  let sum = 0;
  let matched = 0;
  entities.forEach(({ idf }, e) => {
    if ((counts[start + e] ?? 0) === 0) return;
    sum += idf;
    if (e < maskBits) matched |= 1 << e;
  });
  scores.entity[out] = sum;
  scores.matchedEntities[out] = matched;
}

/** 0 where the passage has no vector. */
function cosineOf(corpus: Corpus, doc: number, cosines: Float32Array | null): number {
  const { columns, base } = corpus.part(doc);
  return (columns.scales[doc - base] ?? 0) === 0 ? 0 : (cosines?.[doc] ?? 0);
}

/** The score of the passage's thread; a passage without a thread is a thread of its own. */
function threadScore(
  corpus: Corpus,
  doc: number,
  counts: Float32Array,
  start: number,
  { threads }: ScoreOptions,
): number {
  if (threads === null) return 0;
  const { columns, base } = corpus.part(doc);
  const thread = columns.threads[doc - base] ?? 0;
  if (thread !== 0) return threads.byThread[thread] ?? 0;
  const length = lengthOf(corpus, doc);
  return threads.idfs.reduce((sum, idf, t) => {
    const count = counts[start + t] ?? 0;
    return count === 0 ? sum : sum + idf * saturate(threads.by, count, length);
  }, 0);
}
