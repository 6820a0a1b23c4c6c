/** Every signal's score for every candidate, alone and in its thread window. */
import { type Saturation, saturate } from './bm25.ts';
import type { CandidateSet } from './candidate-set.ts';
import type { Corpus } from './corpus.ts';
import type { PlannedTerm } from './planned-terms.ts';
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
    if (options.cosines) scoreVectors(corpus, { set, i }, options.cosines, scores, out);
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
    vector: new Float32Array(count),
    vectorWindow: new Float32Array(count),
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
  for (const at of neighbours) windowLength += lengthOf(corpus, set.docs[at] ?? 0);
  let text = 0;
  let textWindow = 0;
  let matched = 0;
  for (let t = 0; t < words.length; t += 1) {
    const weight = words[t]?.idf ?? 0;
    const count = counts[i * width + t] ?? 0;
    let windowCount = count;
    for (const at of neighbours) windowCount += counts[at * width + t] ?? 0;
    if (windowCount === 0) continue;
    textWindow += weight * saturate(windowed, windowCount, windowLength);
    if (count === 0) continue;
    text += weight * saturate(alone, count, length);
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

/** Neighbours without a vector say nothing, so they are left out of the mean. */
function scoreVectors(
  corpus: Corpus,
  { set, i }: Places,
  cosines: Float32Array,
  scores: Scores,
  out: number,
): void {
  const cosine = (doc: number): number | null => {
    const { columns, base } = corpus.part(doc);
    return (columns.scales[doc - base] ?? 0) === 0 ? null : (cosines[doc] ?? 0);
  };
  scores.vector[out] = cosine(set.docs[i] ?? 0) ?? 0;
  let sum = 0;
  let count = 0;
  for (const at of set.neighbours[i] ?? []) {
    const value = cosine(set.docs[at] ?? 0);
    if (value === null) continue;
    sum += value;
    count += 1;
  }
  scores.vectorWindow[out] = count === 0 ? 0 : sum / count;
}
